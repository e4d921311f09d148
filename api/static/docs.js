// A separate file, because the Content-Security-Policy forbids inline scripts.
Scalar.createApiReference("#reference", {
  url: document.getElementById("reference").dataset.url,
  // Nothing is loaded from, or sent to, other hosts.
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  hiddenClients: ["c", "clojure", "csharp", "dart", "fsharp", "go", "http", "java", "kotlin", "node", "objc", "ocaml",
    "php", "powershell", "r", "ruby", "rust", "swift"],
  defaultOpenAllTags: false,
  hideModels: true,
  documentDownloadType: "none",
});
