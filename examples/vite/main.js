// The page: passes files to the worker, and shows what it says.
const byId = (id) => document.getElementById(id);
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

worker.onmessage = ({ data: { text, file } }) => {
  byId("status").textContent = text;
  if (file === undefined) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([file]));
  link.download = "photos.safetensors";
  link.textContent = "Save the model";
  byId("status").append(" ", link);
};
worker.onerror = ({ message }) => {
  byId("status").textContent = message;
};

byId("start").onclick = () => {
  const photos = Array.from(byId("photos").files, (file) => ({
    name: file.webkitRelativePath || file.name,
    bytes: file,
  }));
  worker.postMessage({ network: [...byId("network").files], photos, scaling: byId("scaling").value });
};
