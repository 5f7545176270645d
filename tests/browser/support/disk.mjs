// A disk for the page: the origin's private file system, whose files are real ones with real handles. Only the browser's
// dialogue is replaced, which no test can answer.

const NAME = "db.yaml";

/** From its next address on the page finds this file on its disk, and the dialogue chooses it. */
export async function keepOnDisk(page, text) {
  await page.addInitScript(([name, content]) => {
    window.showOpenFilePicker = async () => {
      const folder = await navigator.storage.getDirectory();
      const handle = await folder.getFileHandle(name, { create: true });
      const stream = await handle.createWritable();
      await stream.write(content);
      await stream.close();
      return [handle];
    };
  }, [NAME, text]);
}

/** Opens the file as a person does. */
export async function openFromDisk(page) {
  await page.locator("#open-file").click();
  await page.locator("#set-by-file").waitFor();
}

/** What is in the file now. */
export async function onDisk(page) {
  const bytes = await page.evaluate(async (name) => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle(name)).getFile();
    return [...new Uint8Array(await file.arrayBuffer())];
  }, NAME);
  return Buffer.from(bytes).toString("utf8");
}

/** Writes the file, as another program does. */
export async function write(page, text) {
  await page.evaluate(async ([name, content]) => {
    const folder = await navigator.storage.getDirectory();
    const stream = await (await folder.getFileHandle(name)).createWritable();
    await stream.write(content);
    await stream.close();
  }, [NAME, text]);
}
