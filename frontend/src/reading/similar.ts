/** The strip of confirmed cases like the one in front: asked for once that is on screen, so that it holds up nothing. */

/** `panel` holds a place for it, with its address, while the model is shown. The place stays empty where there is no strip. */
export async function showSimilar(panel: HTMLElement): Promise<void> {
  const place = panel.querySelector<HTMLElement>("[data-similar]");
  if (!place?.dataset.similar) return;
  const strip = await stripAt(place.dataset.similar);
  if (strip !== null && place.isConnected) place.innerHTML = strip; // else another case is on screen by now
}

async function stripAt(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { credentials: "same-origin", redirect: "manual" });
    return answer.ok ? await answer.text() : null;
  } catch (error) {
    if (error instanceof TypeError) return null; // nothing came
    throw error;
  }
}
