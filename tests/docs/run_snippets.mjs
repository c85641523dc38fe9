// Runs snippets one after another, as they are printed. The only argument is a file that lists them:
// {"base_url": …, "printed": …, "snippets": [{"file": …, "token": … or null}]}. What each prints comes out as one
// line of JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { base_url, printed, snippets } = JSON.parse(readFileSync(process.argv[2]));
const realFetch = globalThis.fetch;
let token = null;

globalThis.fetch = (url, options = {}) => {
  if (!url.startsWith(printed)) throw new Error(`a snippet asked for ${url}`);
  const headers = token ? { Authorization: `Bearer ${token}`, ...options.headers } : options.headers;
  return realFetch(base_url + url.slice(printed.length), { ...options, headers });
};

let lines = [];
console.log = (...words) => lines.push(words.join(" "));

for (const snippet of snippets) {
  token = snippet.token;
  lines = [];
  await import(pathToFileURL(snippet.file));
  process.stdout.write(`${JSON.stringify(lines.join("\n"))}\n`);
}
