import type { EngineName } from "convasm";
import type { Workspace } from "../app/workspace.ts";
import { h, setText } from "../ui/dom.ts";
import { field } from "../ui/fields.ts";
import { Signal } from "../ui/signal.ts";
import type { EngineSettings } from "./settings.ts";

const MOST_CORES = 8;

/** The card "Engine": which kernels, and on how many cores. */
export class EnginePanel {
  readonly element: HTMLElement;
  readonly settings = new Signal<EngineSettings>({ name: "auto", cores: "auto" });
  readonly #form = h("div", { class: "fields" });
  readonly #note = h("p", { class: "note" });

  constructor(workspace: Workspace) {
    this.element = h("div", { class: "stack stack-tight" }, this.#form, this.#note);
    this.#draw([]);
    setText(this.#note, coresNote());
    workspace.images.onChange((images) => {
      // None: the worker is lost, and nobody has asked for another.
      if (images === undefined) return;
      void workspace.host
        .session()
        .then((session) => session.engines())
        .then((engines) => this.#draw(engines))
        .catch(() => {
          // Without a worker there is nothing to choose, and that is told elsewhere.
        });
    });
  }

  #draw(engines: readonly EngineName[]): void {
    const { name, cores } = this.settings.value;
    const numbers = Array.from({ length: Math.min(MOST_CORES, navigator.hardwareConcurrency) }, (_, i) =>
      String(i + 1),
    );
    const change = (part: Partial<EngineSettings>): void => {
      this.settings.value = { ...this.settings.value, ...part };
    };
    this.#form.replaceChildren(
      field({ key: "engine", label: "Kernels", kind: "choice", choices: ["auto", ...engines] }, name, (value) => {
        change({ name: ["auto", ...engines].includes(String(value)) ? engineOf(value, engines) : "auto" });
      }),
      field(
        {
          key: "cores",
          label: crossOriginIsolated ? "Threads" : "Workers",
          kind: "choice",
          choices: ["auto", ...numbers],
        },
        String(cores),
        (value) => change({ cores: value === "auto" ? "auto" : Number(value) }),
      ),
    );
  }
}

function engineOf(value: unknown, engines: readonly EngineName[]): EngineName | "auto" {
  return engines.find((engine) => engine === value) ?? "auto";
}

function coresNote(): string {
  return crossOriginIsolated
    ? "relaxed: fused multiply-add, fastest. simd: one seed gives the same weights on every machine. js: plain JavaScript. Any number of threads gives the same weights."
    : "This page cannot share memory (its server sends no isolation headers): workers with memories of their own exchange gradients instead.";
}
