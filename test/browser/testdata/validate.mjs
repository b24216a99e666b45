// Reads [{name, html}] from standard input and writes one line per finding of html-validate, with all rules of its recommended set.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const require = createRequire(process.argv[2] + "/");
const { HtmlValidate } = require("html-validate");
const validator = new HtmlValidate({
	root: true,
	extends: ["html-validate:recommended"],
	elements: ["html5"],
	rules: {
		"form-dup-name": ["error", { shared: ["radio", "button", "reset", "submit", "checkbox"] }], // several networks are ticked under one name
		"meta-refresh": "off", // stands within noscript alone: a live page that nobody's script keeps up loads again
	},
});
for (const { name, html } of JSON.parse(readFileSync(0, "utf8"))) {
	const report = await validator.validateString(html, name);
	for (const result of report.results) for (const m of result.messages) console.log(`${name}: ${m.ruleId}: ${m.message} (${m.selector ?? `${m.line}:${m.column}`})`);
}
