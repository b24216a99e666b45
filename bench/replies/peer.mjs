// Reads a JSON array of texts and prints what email-reply-parser leaves of each. The argument is the path of its module.
import { pathToFileURL } from "node:url";

const { default: EmailReplyParser } = await import(pathToFileURL(process.argv[1]).href);
let input = "";
for await (const piece of process.stdin.setEncoding("utf8")) input += piece;
const texts = JSON.parse(input);
const parser = new EmailReplyParser();
const began = process.hrtime.bigint();
const own = texts.map((text) => parser.read(text).getVisibleText());
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
process.stdout.write(JSON.stringify({ own, seconds }));
