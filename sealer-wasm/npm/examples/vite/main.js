import { init, seal } from "sealwright";

const field = (id) => document.getElementById(id);

await init();
field("seal").addEventListener("click", () => {
  const result = field("result");
  try {
    const data = { password: field("password").value };
    result.textContent = seal({ cert: field("cert").value, namespace: "payments", name: "db", data });
  } catch (error) {
    result.textContent = `${error.code}: ${error.message}`;
  }
});
