package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/config"
)

type serveCommand struct{}

func (serveCommand) Run(w *world) error {
	c, err := w.load()
	if err != nil {
		return err
	}
	log := logger(c.Log)
	options := app.Options{Logger: log}
	a, err := app.Open(w.ctx, c, options)
	if err != nil {
		return err
	}
	defer func() {
		if err := a.Close(); err != nil {
			log.Error("close store", "error", err)
		}
	}()
	if err := a.OpenCarriers(w.ctx, options); err != nil {
		return err
	}
	address, err := a.Listen()
	if err != nil {
		return err
	}
	log.Info("pages", "address", address)
	ctx, stop := context.WithCancel(w.ctx)
	defer stop()
	served := make(chan error, 1)
	go func() {
		served <- a.Serve(ctx)
		stop() // a server that cannot serve ends the program
	}()
	err = a.Run(ctx)
	stop() // pages of a program that delivers nothing would promise what is not kept
	return errors.Join(err, <-served)
}

func logger(c config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
