// How many steps three tasks take: everything that a person pastes, fills in or clicks until the file is there.

import { download, open, paste, sealed, watchedPage } from "./browser.mjs";
import { SECRET } from "./scene.mjs";

/** By task, from a page that knows nothing but the cluster's certificate. */
export async function steps(browser, url) {
  const done = {};
  const does = async (task, act) => {
    const { page, context } = await watchedPage(browser);
    await open(page, url);
    const count = { pastes: 0, fields: 0, clicks: 0 };
    const file = await act(hand(page, count));
    await context.close();
    done[task] = count;
    return file;
  };
  await does("one_value", async ({ pastes, fills, downloads }) => {
    await pastes("PASSWORD=correct horse");
    await fills("#namespace", "payments");
    await fills("#name", "db");
    return downloads();
  });
  const file = await does("a_manifest", async ({ pastes, downloads }) => {
    await pastes(SECRET);
    return downloads();
  });
  // A page that refuses SealedSecrets can't do it in any number of steps.
  let takesFiles;
  await does("a_value_for_a_file", async ({ pastes, downloads, page }) => {
    await pastes(file);
    await page.locator("#set-by-file, #secret-problem").first().waitFor();
    takesFiles = await page.locator("#set-by-file").isVisible();
    if (!takesFiles) return undefined;
    await pastes("TOKEN=abc");
    return downloads();
  });
  return takesFiles ? done : { ...done, a_value_for_a_file: null };
}

/** A hand that counts what it does. */
function hand(page, count) {
  return {
    page,
    pastes: async (text) => {
      count.pastes += 1;
      await paste(page, text);
    },
    fills: async (id, text) => {
      count.fields += 1;
      await page.locator(id).fill(text);
    },
    downloads: async () => {
      await sealed(page);
      count.clicks += 1;
      return (await download(page)).text;
    },
  };
}
