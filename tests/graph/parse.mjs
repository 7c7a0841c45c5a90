// Has Mermaid's own parser read a flowchart on standard input, and prints what it finds there.
//
//     pdp graph … | node parse.mjs FOLDER
//
// FOLDER holds the packages `mermaid` and `jsdom`: the parser wants a page around it.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(`${process.argv[2]}/`));
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('<!DOCTYPE html><body></body>');
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import(
    pathToFileURL(`${process.argv[2]}/node_modules/mermaid/dist/mermaid.core.mjs`).href
);

let text = '';
for await (const chunk of process.stdin) text += chunk;
await mermaid.parse(text);
const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
// Mermaid keeps a letter that is written by its number like this until it draws it.
const shown = (label) => label.replace(/ﬂ°°?([^¶]+)¶ß/g, (_, number) => String.fromCodePoint(number));
console.log(`${db.getEdges().length} arrows`);
const blocks = new Map(db.getSubGraphs().map(({ id, title }) => [id, title]));
for (const [id, title] of blocks) console.log(`${id} ${shown(title)}`);
for (const { id, text } of db.getVertices().values()) {
    if (!blocks.has(id)) console.log(`${id} ${shown(text)}`);
}
process.exit(0);
