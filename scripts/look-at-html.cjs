// look-at-html.cjs CHROMIUM PAGE…: what scripts/look-at-html does in the browser.
const fs = require("node:fs");
const path = require("node:path");
const axe = require("axe-core").source;

const [, , executablePath, ...pages] = process.argv;

// Whatever a page would fetch or run is a fault of the page.
async function look(browser, file, scheme, width) {
  const page = await browser.newPage();
  const faults = [];
  page.on("request", (request) => {
    if (request.url() !== `file://${file}`) faults.push(`fetches ${request.url()}`);
  });
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("dialog", (dialog) => { faults.push(`dialog: ${dialog.message()}`); return dialog.dismiss(); });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setViewport({ width, height: 1000 });
  await page.goto(`file://${file}`);
  const png = file.replace(/\.html$/, `-${scheme}-${width}.png`);
  await page.screenshot({ path: png, fullPage: true });
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (sideways > 0) faults.push(`is ${sideways} px wider than the window`);
  const scripts = await page.evaluate(() => document.querySelectorAll("script, img, iframe, [onload], [onerror]").length);
  if (scripts > 0) faults.push(`${scripts} elements that could run or fetch something`);
  // All of it is judged, the folded too.
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  for (const violation of result.violations) {
    const nodes = violation.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)}\n    ${node.failureSummary}`);
    faults.push(`${violation.id} (${violation.nodes.length}): ${violation.help}\n  ${nodes.join("\n  ")}`);
  }
  await page.close();
  const name = path.basename(file, ".html");
  console.log(`${name} ${scheme} ${width}: axe ${result.violations.length} violations, ` +
    `${result.passes.length} passes, ${result.incomplete.length} undecided`);
  for (const { id, nodes } of result.incomplete) {
    console.log(`  undecided: ${id}, ${nodes[0].html.slice(0, 120)}: ${nodes[0].any[0]?.message}`);
  }
  for (const fault of faults) console.log(`  ${fault}`);
  return faults.length;
}

(async () => {
  const { launch } = await import(require.resolve("puppeteer-core"))
    .then((module) => module.default ?? module);
  const browser = await launch({ executablePath, args: ["--no-sandbox"] });
  let faults = 0;
  for (const file of pages) {
    if (!fs.existsSync(file)) throw new Error(`no page ${file}`);
    for (const scheme of ["light", "dark"]) {
      for (const width of [360, 1600]) faults += await look(browser, file, scheme, width);
    }
  }
  // That axe sees at all: the verdict's sentence in the colour of its ground.
  const blind = await browser.newPage();
  await blind.goto(`file://${pages[0]}`);
  await blind.evaluate(() => { document.querySelector(".sentence").style.color = "#ddd"; });
  await blind.evaluate(axe);
  const seen = await blind.evaluate(() => window.axe.run(document, { runOnly: ["color-contrast"] }));
  if (seen.violations.length !== 1) { console.log("axe does not see a sentence that nobody can read"); faults += 1; }
  await browser.close();
  console.log(faults === 0 ? `ok: ${pages.length} pages` : `${faults} faults`);
  process.exitCode = faults === 0 ? 0 : 1;
})();
