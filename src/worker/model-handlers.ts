import { readArchitecture } from "../model/read-architecture.ts";
import { loadModel } from "../training/load-model.ts";
import { Model } from "../training/model.ts";
import type { Handlers } from "./handlers.ts";
import { HostedModel } from "./hosted-model.ts";
import type { HostedRun } from "./hosted-run.ts";
import type { CallName, ModelInfo, ToPage } from "./protocol.ts";
import type { HostedDataset } from "./run-notes.ts";
import type { Shelf } from "./shelf.ts";

type DataCall = "digits" | "readData" | "addRead" | "addDataset" | "images" | "slice" | "split" | "disposeData";
type RunCall = "start" | "listen" | "pause" | "resume" | "step" | "stop" | "setLearningRateFactor";

/** The calls about models, and those that start and checkpoint their runs. */
export function modelHandlers(
  models: Shelf<HostedModel>,
  runs: Shelf<HostedRun>,
  datasets: Shelf<HostedDataset>,
  post: (message: ToPage) => void,
): Handlers<Exclude<CallName, DataCall | RunCall | "gears">> {
  /** Latest run of each model. */
  const latest = new WeakMap<HostedModel, number>();
  const add = (hosted: HostedModel): ModelInfo => {
    const { seed, classNames, scaling } = hosted.model;
    return { model: models.add(hosted), seed, classNames, scaling, engine: hosted.engine };
  };
  return {
    createModel: ({ architecture, seed }) => add(new HostedModel(new Model(readArchitecture(architecture), seed))),

    async loadModel({ file, options: { replicas, ...options } }) {
      const hosted = new HostedModel(await loadModel(file, options));
      await hosted.startReplicas(replicas);
      return add(hosted);
    },

    freeze: ({ model, prefix, frozen }) => models.get(model).freeze(prefix, frozen),
    compile: ({ model, options }) => models.get(model).compile(options),

    async fit({ model, data, validation, checkpoint, options }) {
      const hosted = models.get(model);
      const id = runs.next();
      const run = await hosted.fit({
        id,
        data: datasets.get(data),
        validation: validation === undefined ? undefined : datasets.get(validation),
        checkpoint,
        options,
        post,
      });
      runs.remove(latest.get(hosted) ?? 0);
      latest.set(hosted, runs.add(run, id));
      const { classNames, scaling } = hosted.model;
      return { run: id, classNames, scaling };
    },

    evaluate: ({ model, data, options }) => models.get(model).evaluate(datasets.get(data).data, options),
    report: ({ model, data, options }) => models.get(model).report(datasets.get(data).data, options),
    predict: ({ model, images, options }) => models.get(model).predict(images, options),
    predictOutputs: ({ model, images, options }) => models.get(model).predictOutputs(images, options),
    activations: ({ model, image }) => models.get(model).activations(image),
    weights: ({ model }) => models.get(model).model.weights(),
    getWeight: ({ model, name }) => models.get(model).getWeight(name),
    getGradient: ({ model, name }) => models.get(model).getGradient(name),
    setWeight: ({ model, name, values }) => models.get(model).setWeight(name, values),
    whiten: ({ model, data, options }) => models.get(model).whiten(datasets.get(data).data, options),
    describe: ({ model }) => models.get(model).describe(),
    summary: ({ model }) => models.get(model).summary(),
    weightsSha256: ({ model }) => models.get(model).weightsSha256(),
    save: ({ model, run }) => models.get(model).save(run),

    checkpoint: ({ model, run, notes }) => models.get(model).checkpoint(runs.get(run), notes),

    async disposeModel({ model }) {
      const hosted = models.remove(model);
      runs.remove((hosted && latest.get(hosted)) ?? 0);
      await hosted?.dispose();
    },
  };
}

/** The calls about runs. */
export function runHandlers(runs: Shelf<HostedRun>): Handlers<RunCall> {
  return {
    start: ({ run }) => runs.get(run).start(),
    listen: ({ run, on }) => runs.get(run).listen(on),
    pause: ({ run }) => runs.get(run).pause(),
    resume: ({ run }) => runs.get(run).resume(),
    step: ({ run }) => runs.get(run).step(),
    stop: ({ run }) => runs.get(run).stop(),
    setLearningRateFactor: ({ run, factor }) => runs.get(run).setLearningRateFactor(factor),
  };
}
