// validate-ctrf.mjs FILE…: by CTRF's reference implementation, in the current folder's node_modules.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { validateStrict } = createRequire(`${process.cwd()}/`)("ctrf");
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, "utf8"));
  validateStrict(report);
  report.results.summary.passed = "many";
  let refused = false;
  try { validateStrict(report); } catch { refused = true; }
  if (!refused) throw new Error(`${file}: a spoilt copy was taken`);
}
console.log(`ok: ctrf, ${process.argv.length - 2} files`);
