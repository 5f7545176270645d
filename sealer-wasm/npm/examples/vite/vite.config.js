export default {
  base: "./",
  // Top-level await.
  build: { target: "es2022" },
  optimizeDeps: { exclude: ["sealwright"] },
};
