"use strict";
// Search, schemas opened in place, copying, and the signature calculator. Without it the pages read the same.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function searchable() {
  const field = document.getElementById("search");
  if (!field) return;
  const operations = all("article.operation[data-find]");
  const found = document.getElementById("found");
  const links = new Map(all("li[data-for]").map((item) => [item.dataset.for, item]));
  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const operation of operations) {
      const hit = words.every((word) => operation.dataset.find.includes(word));
      operation.hidden = !hit;
      const link = links.get(operation.id);
      if (link) link.hidden = !hit;
      count += hit;
    }
    for (const group of all(".group, .resource"))
      group.hidden = !group.querySelector("[data-for]:not([hidden]), article:not([hidden])");
    found.textContent = words.length ? `${count} of ${operations.length} operations` : "";
    document.getElementById("nothing").hidden = count > 0;
    if (words.length) document.querySelector(".contents").open = true;
  };
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = operations.find((operation) => !operation.hidden);
    if (first) location.hash = first.id;
  });
  field.addEventListener("input", show);
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing) {
      event.preventDefault();
      field.focus();
    }
  });
  show();
}

// A reference shows the members of its definition where it stands, as deep as somebody cares to open it.
document.addEventListener("toggle", (event) => {
  const branch = event.target;
  const name = branch.dataset && branch.dataset.schema;
  if (!name || !branch.open || branch.dataset.filled) return;
  const definition = document.getElementById(`schema-${name}`);
  const schema = definition && definition.querySelector(":scope > .schema");
  if (schema) branch.append(schema.cloneNode(true));
  branch.dataset.filled = "yes";
}, true);

// A link to something inside a closed detail opens it.
function reveal() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  target.scrollIntoView();
}

function copying() {
  if (!navigator.clipboard) return;
  for (const button of all("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.closest("figure").querySelector("pre").textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }
}

const encoders = {
  hex: (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  base64: (bytes) => btoa(String.fromCharCode(...bytes)),
};

async function sign(form) {
  const { algorithm, encoding, prefix } = form.dataset;
  const text = new TextEncoder();
  const output = form.querySelector("output");
  if (!window.crypto || !crypto.subtle) {
    output.textContent = "this browser signs only on pages from https, localhost or a file";
    return;
  }
  if (!form.elements.secret.value) {
    output.textContent = "give a secret";
    return;
  }
  const hash = { name: "HMAC", hash: algorithm.replace("sha", "SHA-") };
  const key = await crypto.subtle.importKey("raw", text.encode(form.elements.secret.value), hash, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, text.encode(form.elements.body.value));
  output.textContent = prefix + encoders[encoding](new Uint8Array(signature));
}

searchable();
copying();
if (matchMedia("(max-width: 60rem)").matches) for (const contents of all(".contents")) contents.open = false;
for (const form of all("form.calculator")) {
  form.addEventListener("input", () => sign(form));
  form.addEventListener("submit", (event) => event.preventDefault());
  sign(form);
}
addEventListener("hashchange", reveal);
reveal();
