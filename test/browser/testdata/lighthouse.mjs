// Lets Lighthouse look at pages: node lighthouse.mjs FOLDER-OF-PEERS CHROMIUM, with [{url, hidden}] on standard input. Writes one JSON object per
// line: the address, the four scores (0 to 100), and what kept them from being whole. A hidden page asks search engines to leave it out: that one
// audit is not asked of it.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";
const require = createRequire(process.argv[2] + "/");
const { default: lighthouse, desktopConfig } = await import(pathToFileURL(require.resolve("lighthouse")).href);
const { launch } = await import(pathToFileURL(createRequire(require.resolve("lighthouse")).resolve("chrome-launcher")).href);
const chrome = await launch({ chromePath: process.argv[3], logLevel: "silent", chromeFlags: ["--headless=new", "--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"] });
try {
	for (const { url, hidden } of JSON.parse(readFileSync(0, "utf8"))) {
		const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: "silent", output: "json", onlyCategories: ["performance", "accessibility", "best-practices", "seo"], skipAudits: [...(hidden ? ["is-crawlable"] : []), "full-page-screenshot", "bf-cache", "screenshot-thumbnails", "final-screenshot"], pauseAfterFcpMs: 200, pauseAfterLoadMs: 200, networkQuietThresholdMs: 300, cpuQuietThresholdMs: 300, maxWaitForLoad: 10000 });
		const out = { url, scores: {}, why: [] };
		for (const [name, c] of Object.entries(lhr.categories)) {
			out.scores[name] = Math.round((c.score ?? 0) * 100);
			for (const ref of c.auditRefs) {
				const a = lhr.audits[ref.id];
				if (a && ref.weight > 0 && a.score !== null && a.score < 0.9) out.why.push(`${name}: ${a.id} ${a.displayValue ?? ""} ${JSON.stringify(a.details?.items ?? []).slice(0, 200)}`);
			}
		}
		if (lhr.runtimeError) out.why.push(lhr.runtimeError.message);
		console.log(JSON.stringify(out));
	}
} finally {
	chrome.kill();
}
