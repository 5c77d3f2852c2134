/**
 * The script of a report, in which it stands as the text of this function, which uses nothing from without.
 *
 * Pointing at a trial marks it in all charts and says its settings below; drawing along an axis of the parallel coordinates leaves the trials whose
 * values lie there; a click on a column's name sorts the table.
 */
export function interact(): void {
  const told = document.getElementById("told");
  const byTrial = new Map<string, Element[]>();
  for (const mark of document.querySelectorAll("[data-t]")) {
    const trial = mark.getAttribute("data-t") ?? "";
    byTrial.set(trial, [...(byTrial.get(trial) ?? []), mark]);
  }

  let pointed = "";
  const point = (trial: string) => {
    if (trial === pointed) return;
    for (const mark of byTrial.get(pointed) ?? []) mark.classList.remove("on");
    pointed = trial;
    const marks = byTrial.get(trial) ?? [];
    for (const mark of marks) {
      mark.classList.add("on");
      // What is pointed at comes to the front of its chart.
      if (mark.closest("svg") !== null && !mark.matches(":hover")) mark.parentNode?.append(mark);
    }
    document.body.classList.toggle("pointed", marks.length > 0);
    const title = marks.map((mark) => mark.querySelector("title")?.textContent).find((text) => text !== undefined);
    if (told !== null) told.textContent = title ?? "";
  };
  const trialAt = (target: EventTarget | null) =>
    (target instanceof Element ? target.closest("[data-t]")?.getAttribute("data-t") : undefined) ?? "";
  document.addEventListener("pointerover", (event) => point(trialAt(event.target)));
  document.addEventListener("pointerdown", (event) => point(trialAt(event.target)));

  const lines = [...document.querySelectorAll("[data-p]")].map((line) => ({
    trial: line.getAttribute("data-t") ?? "",
    places: (line.getAttribute("data-p") ?? "").split(" ").map((place) => (place === "" ? Number.NaN : Number(place))),
  }));
  const brushes = [...document.querySelectorAll<SVGRectElement>(".brush")];
  const ranges = brushes.map((): readonly [number, number] | undefined => undefined);
  const output = document.getElementById("left");
  const clear = document.getElementById("clear");
  const choose = () => {
    let left = 0;
    for (const { trial, places } of lines) {
      const isIn = ranges.every((range, i) => range === undefined || (places[i] >= range[0] && places[i] <= range[1]));
      if (isIn) left++;
      for (const mark of byTrial.get(trial) ?? []) mark.classList.toggle("off", !isIn);
    }
    const isAll = ranges.every((range) => range === undefined);
    if (output !== null) output.textContent = isAll ? "" : `${left} of ${lines.length} trials`;
    if (clear !== null) clear.hidden = isAll;
  };
  for (const [i, brush] of brushes.entries()) {
    const chosen = brush.nextElementSibling;
    const [y, height] = [brush.y.baseVal.value, brush.height.baseVal.value];
    const placeAt = (event: PointerEvent) => {
      const box = brush.getBoundingClientRect();
      return Math.min(1, Math.max(0, (box.bottom - event.clientY) / box.height));
    };
    const show = () => {
      const [from, to] = ranges[i] ?? [0, 0];
      chosen?.setAttribute("y", String(y + (1 - to) * height));
      chosen?.setAttribute("height", String((to - from) * height));
      choose();
    };
    let start: number | undefined;
    brush.addEventListener("pointerdown", (event) => {
      start = placeAt(event);
      brush.setPointerCapture(event.pointerId);
      ranges[i] = undefined;
      show();
    });
    brush.addEventListener("pointermove", (event) => {
      if (start === undefined) return;
      const end = placeAt(event);
      // A click without a way chooses all again.
      ranges[i] = Math.abs(end - start) < 0.02 ? undefined : [Math.min(start, end), Math.max(start, end)];
      show();
    });
    for (const name of ["pointerup", "pointercancel"]) brush.addEventListener(name, () => (start = undefined));
    clear?.addEventListener("click", () => {
      ranges[i] = undefined;
      show();
    });
  }

  for (const button of document.querySelectorAll("th button")) {
    button.addEventListener("click", () => {
      const header = button.closest("th");
      const body = button.closest("table")?.tBodies[0];
      if (header === null || body === undefined) return;
      const isUp = header.getAttribute("aria-sort") !== "ascending";
      for (const other of header.parentElement?.children ?? []) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", isUp ? "ascending" : "descending");
      const sign = isUp ? 1 : -1;
      const keyed = [...body.rows].map((row) => {
        const { textContent, dataset } = row.cells[header.cellIndex];
        return { row, text: textContent ?? "", value: dataset.v === undefined ? undefined : Number(dataset.v) };
      });
      keyed.sort((a, b) => {
        // Numbers before words, and what is empty last.
        if (a.value === undefined || b.value === undefined) {
          if (a.value !== b.value) return a.value === undefined ? 1 : -1;
          return sign * a.text.localeCompare(b.text);
        }
        return sign * (a.value - b.value);
      });
      body.append(...keyed.map(({ row }) => row));
    });
  }
}
