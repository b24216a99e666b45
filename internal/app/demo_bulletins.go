package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// SeedBulletins writes one bulletin of the police that waits for the coordinator of the first network: burglaries, and the make and colour of a car.
func (a *App) SeedBulletins(ctx context.Context, s *Seeded) error {
	if len(s.Networks) == 0 {
		return nil
	}
	officer, err := s.Actor(ctx, a.DB, s.Official(buurtbel.RoleOfficer))
	if err != nil {
		return err
	}
	lines, err := s.Zone.EmergencyLines()
	if err != nil {
		return err
	}
	line := lines[0].Number
	for _, l := range lines {
		if l.Use == "police" {
			line = l.Number
		}
	}
	b := &buurtbel.Bulletin{ID: a.DB.NewID(), Topic: "vehicle", Networks: s.Networks[:1], Until: a.DB.Now().Add(7 * 24 * time.Hour), Titles: map[buurtbel.Language]string{}, Texts: map[buurtbel.Language]string{}, Advice: map[buurtbel.Language]string{}}
	for lang, said := range map[buurtbel.Language][3]string{
		buurtbel.Dutch: {"Inbraken: let op een gele Volkswagen Polo", "Deze week werd drie keer ingebroken in uw buurt, telkens in de namiddag.\n\nMogelijk is een gele Volkswagen Polo betrokken. Ziet u die wagen, kijk dan goed en bel {line}. Ga er niet zelf heen.",
			"Sluit ramen en garage, ook als u even weg bent.\nVraag de buren om een oog in het zeil te houden."},
		buurtbel.French: {"Cambriolages : attention à une Volkswagen Polo jaune", "Cette semaine, il y a eu trois cambriolages dans votre quartier, toujours l'après-midi.\n\nUne Volkswagen Polo jaune pourrait être impliquée. Si vous la voyez, regardez bien et appelez le {line}. N'y allez pas vous-même.",
			"Fermez fenêtres et garage, même pour une courte absence.\nDemandez aux voisins d'ouvrir l'œil."},
		buurtbel.German: {"Einbrüche: Achten Sie auf einen gelben Volkswagen Polo", "Diese Woche wurde in Ihrer Nachbarschaft dreimal eingebrochen, immer am Nachmittag.\n\nMöglicherweise ist ein gelber Volkswagen Polo beteiligt. Sehen Sie ihn, schauen Sie gut hin und rufen Sie {line} an. Gehen Sie nicht selbst hin.",
			"Schließen Sie Fenster und Garage, auch wenn Sie nur kurz weg sind.\nBitten Sie die Nachbarn, die Augen offen zu halten."},
	} {
		b.Titles[lang], b.Texts[lang], b.Advice[lang] = said[0], strings.ReplaceAll(said[1], "{line}", line), said[2]
	}
	if _, err := a.Bulletins.Write(ctx, officer, s.Zone.ID, b); err != nil {
		return fmt.Errorf("write a bulletin: %w", err)
	}
	if err := a.Bulletins.Offer(ctx, officer, s.Zone.ID, b.ID); err != nil {
		return fmt.Errorf("offer a bulletin: %w", err)
	}
	return nil
}
