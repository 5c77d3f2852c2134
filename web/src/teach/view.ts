import { fill, h } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { dismiss, reasonOf, tell } from "../ui/messages.ts";
import { openSheet } from "../ui/sheet.ts";
import { shownView } from "../ui/tabs.ts";
import { Album } from "./album.ts";
import { BackbonePanel } from "./backbone-panel.ts";
import { CameraPanel } from "./camera-panel.ts";
import { ClassesPanel } from "./classes-panel.ts";
import { type DroppedFile, filesOf, listenEverywhere, networksOf } from "./drops.ts";
import { ExportPanel } from "./export-panel.ts";
import { Intake } from "./intake.ts";
import { FRESH, LessonBook } from "./lesson.ts";
import { Live } from "./live.ts";
import { PictureMenu } from "./picture-menu.ts";
import type { Notice } from "./protocol.ts";
import { StatusLine } from "./status.ts";
import { Study } from "./study.ts";
import { Teacher } from "./teacher.ts";

/** Milliseconds after the last change in which a lesson is kept. */
const KEEP_AFTER = 300;

/** The view "Teach": classes that are taught by showing pictures, and what the camera sees now. */
export class TeachView {
  readonly #place: HTMLElement;
  readonly #book = new LessonBook();
  readonly #album = new Album();
  readonly #teacher: Teacher;
  readonly #study: Study;
  readonly #camera: CameraPanel;
  readonly #classes: ClassesPanel;
  readonly #backbones: BackbonePanel;
  readonly #intake: Intake;
  readonly #live: Live;
  readonly #menu = new PictureMenu(this.#book);
  /** Resolves once all that was kept is there again: before that nothing is added. */
  readonly #restored: Promise<void>;
  #pressed: string | undefined;

  constructor(place: HTMLElement) {
    this.#place = place;
    this.#teacher = new Teacher((notice) => this.#hear(notice));
    this.#study = new Study(this.#teacher, this.#book, () => !this.#live.isHolding && !this.#intake.isReading);
    this.#camera = new CameraPanel({ onStart: () => void this.#live.run(), onTry: (file) => void this.#try(file) });
    this.#live = new Live(this.#camera.camera, this.#teacher, {
      onScores: (scores) => this.#camera.showScores(scores),
      onPicture: (picture, classId, gesture) => {
        this.#album.add(picture);
        this.#book.addPicture(classId, picture.id, gesture);
      },
      onError: (error) =>
        tell({
          kind: "error",
          title: "The camera’s picture could not be judged",
          text: reasonOf(error),
          topic: "live",
        }),
      isLearned: () => this.#study.learned.value !== undefined,
    });
    this.#classes = this.#makeClasses();
    this.#intake = new Intake(this.#teacher, this.#book, this.#album, this.#classes.line);
    this.#backbones = new BackbonePanel(this.#teacher, () => this.#study.forget());
    const exports = new ExportPanel(this.#teacher);
    const status = new StatusLine();
    const showStatus = (): void => status.show(this.#study.state.value, this.#book.lesson.value);
    this.#study.state.watch(showStatus);
    this.#book.lesson.watch(showStatus);
    this.#study.learned.onChange((learned) => {
      this.#camera.setClasses(learned?.classes.map(({ name }) => name) ?? []);
      exports.enable(learned !== undefined);
    });
    this.#study.checked.onChange((checked) => this.#classes.showChecked(checked));
    this.#fill(status.element, exports.element);
    this.#keepLessons();
    listenEverywhere(
      (transfer) => void this.#drop(filesOf(transfer)),
      (files) => void this.#take(this.#classes.current, files),
    );
    document.addEventListener("keydown", (event) => this.#key(event));
    this.#teacher.lost.onChange((reason) => this.#tellLost(reason));
    this.#restored = this.#restore();
    // Some browsers and addresses have no service workers: the page then works as long as it is open.
    navigator.serviceWorker?.register("offline.js").catch(() => {});
  }

  #fill(status: HTMLElement, exports: HTMLElement): void {
    const promise = h(
      "p",
      { class: "note teach-promise" },
      "Show it two or more things, and it learns to tell them apart. No picture leaves this tab: it looks, learns and answers here, without a network too.",
    );
    const more = h("div", { class: "teach-more" }, this.#backbones.element, exports);
    const side = h("div", { class: "teach-side" }, this.#camera.element, status);
    const classes = h("div", { class: "stack" }, this.#classes.element, more);
    fill(this.#place, h("h1", { class: "hidden-text" }, "Teach"), promise, h("div", { class: "teach" }, side, classes));
  }

  #makeClasses(): ClassesPanel {
    const actions = {
      press: (id: string) => void this.#press(id),
      release: (id: string) => this.#release(id),
      add: (id: string, files: readonly File[]) => void this.#take(id, files),
      drop: (id: string, transfer: DataTransfer) => void this.#drop(filesOf(transfer), id),
      move: (picture: string, id: string) => this.#book.movePicture(picture, id),
      rename: (id: string, name: string) => this.#book.rename(id, name),
      removeClass: (id: string) => this.#book.removeClass(id),
      enter: () => {},
      open: (picture: string, anchor: HTMLElement) => this.#menu.open(picture, anchor, this.#classes.takenFor(picture)),
      remove: (picture: string) => this.#book.deletePicture(picture),
    };
    return new ClassesPanel(this.#book, this.#album, actions, () => this.#askToForget());
  }

  async #press(id: string): Promise<void> {
    this.#pressed = id;
    await this.#restored;
    const isOn = this.#camera.camera.isOn || (await this.#camera.start());
    // It was let go while people were asked for the camera.
    if (!isOn || this.#pressed !== id) return;
    this.#classes.showHold(id);
    this.#live.hold(id);
  }

  #release(id: string): void {
    // Another button loses the focus when this one is pressed.
    if (this.#pressed !== id) return;
    this.#pressed = undefined;
    this.#classes.showHold(undefined);
    this.#live.release();
    this.#study.plan();
  }

  async #take(classId: string, files: readonly File[]): Promise<void> {
    await this.#restored;
    await this.#intake.take(
      files.map((file) => ({ file, classId })),
      {},
    );
  }

  /** Networks are backbones; pictures go to the class that they were dropped on, else to one of their folder's name. */
  async #drop(given: Promise<readonly DroppedFile[]>, classId?: string): Promise<void> {
    const [files] = await Promise.all([given, this.#restored]);
    const networks = networksOf(files);
    if (networks.length > 0) return this.#backbones.add(networks);
    const gesture = {};
    const byFolder = new Map<string, string>();
    const ids = files.map(({ folder }) => {
      if (classId !== undefined || folder === undefined) return classId ?? this.#classes.current;
      const id = byFolder.get(folder) ?? this.#book.classFor(folder, gesture).id;
      byFolder.set(folder, id);
      return id;
    });
    await this.#intake.take(
      files.map(({ file }, i) => ({ file, classId: ids[i] })),
      gesture,
    );
  }

  async #try(file: File): Promise<void> {
    try {
      this.#camera.tryPicture(file, await this.#teacher.call("judge", [file]));
      dismiss("try");
    } catch {
      tell({ kind: "warning", title: `${file.name} is no picture that this browser can read`, topic: "try" });
    }
  }

  #keepLessons(): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#book.lesson.onChange((lesson) => {
      clearTimeout(timer);
      // A worker that is lost meanwhile is told of elsewhere.
      timer = setTimeout(() => void this.#teacher.call("keep", [lesson]).catch(() => {}), KEEP_AFTER);
    });
  }

  async #restore(): Promise<void> {
    try {
      const { lesson, pictures, backbones, backbone } = await this.#teacher.call("restore", []);
      for (const picture of pictures) this.#album.add(picture);
      if (lesson !== undefined) {
        const there = new Set(pictures.map(({ id }) => id));
        const classes = lesson.classes.map((own) => ({ ...own, pictures: own.pictures.filter((id) => there.has(id)) }));
        this.#book.reset({ classes });
      }
      await this.#backbones.restore(backbones, backbone);
    } catch (error) {
      tell({ kind: "error", title: "What was kept could not be read", text: reasonOf(error), topic: "teach" });
    }
    this.#study.plan();
  }

  #askToForget(): void {
    const withBackbones = h("input", { type: "checkbox" });
    const go = h("button", { class: "button button-primary", type: "button" }, icon("clear"), "Forget all");
    const sheet = openSheet(
      "Forget all?",
      h(
        "div",
        { class: "stack" },
        h(
          "p",
          { class: "soft" },
          "All classes and pictures are deleted, here and in the browser’s storage. That cannot be taken back.",
        ),
        h("label", { class: "check" }, withBackbones, "The backbones, too"),
        h("div", {}, go),
      ),
    );
    go.addEventListener("click", () => {
      sheet.close();
      void this.#forget(withBackbones.checked);
    });
  }

  async #forget(backbones: boolean): Promise<void> {
    this.#intake.stop();
    await this.#teacher.call("forget", [backbones]);
    this.#book.reset(FRESH);
    this.#album.clear();
    if (backbones) await this.#backbones.restore([], undefined);
    this.#study.forget();
  }

  #hear(notice: Notice): void {
    if (notice.type === "progress") {
      this.#study.progress(notice.done, notice.total);
      return;
    }
    const isFull = notice.problem === "full";
    tell({
      kind: "warning",
      title: isFull ? "The browser’s storage is full" : "This browser keeps nothing for this page",
      text: `What is here works on, but ${isFull ? "what comes from now on" : "all of it"} is gone when the tab is closed: save the model before.`,
      topic: "storage",
    });
  }

  #key(event: KeyboardEvent): void {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (shownView.value !== "teach" || !isUndo || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    this.#book.undo();
  }

  #tellLost(reason: string | undefined): void {
    if (reason === undefined) return;
    tell({
      kind: "error",
      title: "Nothing can be learned any more",
      text: `${reason}. What the browser has kept is there again when the page is loaded again.`,
      actions: [{ label: "Load the page again", run: () => location.reload() }],
      topic: "teach",
    });
  }
}
