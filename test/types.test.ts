import { describe, expectTypeOf, it } from "vitest";
import {
  type AnyDataset,
  adam,
  conv2d,
  createDataset,
  createModel,
  createSession,
  type Dataset,
  type DatasetSplit,
  dense,
  type EngineName,
  type Evaluation,
  type FitEvent,
  flatten,
  type History,
  type ImageShape,
  input,
  type Layer,
  type LossOption,
  loadModel,
  type Model,
  type ModelOptions,
  type Optimizer,
  type OptimizerOption,
  type Padding,
  type ReadData,
  type RemoteDataset,
  type RemoteModel,
  type RemoteRun,
  readData,
  type Schedule,
  type Session,
  type SgdOptions,
  type SymbolicTensor,
  sgd,
  splitDataset,
} from "../src/index.ts";
import {
  type SearchEnd,
  type SearchEvent,
  type SearchStart,
  type SpaceFile,
  search,
  type TrialResult,
} from "../src/search/index.ts";

// Checked by `npm run typecheck`; nothing here runs.
const model: Model = createModel({ input: { shape: [8, 8, 1] }, layers: [flatten(), dense({ units: 2 })] });

describe("types of the main calls", () => {
  it("make layers and models", () => {
    expectTypeOf(conv2d).parameter(0).toHaveProperty("padding").toEqualTypeOf<Padding | undefined>();
    expectTypeOf(conv2d({ filters: 1, kernelSize: [3, 5] })).toEqualTypeOf<Layer>();
    expectTypeOf<Parameters<typeof dense>[0]>().toHaveProperty("units").toEqualTypeOf<number>();
    expectTypeOf(input).returns.toExtend<SymbolicTensor>();
    expectTypeOf<Layer["apply"]>().returns.toEqualTypeOf<SymbolicTensor>();
    expectTypeOf(createModel).parameters.toEqualTypeOf<[options: ModelOptions]>();
    expectTypeOf(createModel).returns.toEqualTypeOf<Model>();
    expectTypeOf<{ filters: number }>().not.toExtend<Parameters<typeof conv2d>[0]>();
  });

  it("compile, train, evaluate and predict", () => {
    expectTypeOf(model.compile).returns.toEqualTypeOf<Promise<void>>();
    type Compile = NonNullable<Parameters<Model["compile"]>[0]>;
    expectTypeOf<Compile["engine"]>().toEqualTypeOf<EngineName | "auto" | undefined>();
    expectTypeOf<Compile["optimizer"]>().toEqualTypeOf<OptimizerOption | undefined>();
    expectTypeOf<Compile["loss"]>().toEqualTypeOf<LossOption | undefined>();
    expectTypeOf(model.fit).parameter(0).toEqualTypeOf<AnyDataset>();
    expectTypeOf(model.fit).returns.resolves.toEqualTypeOf<History>();
    expectTypeOf(model.fitEvents).returns.toEqualTypeOf<AsyncGenerator<FitEvent, History>>();
    expectTypeOf<NonNullable<Parameters<Model["fit"]>[1]>["schedule"]>().toExtend<Schedule | string | undefined>();
    expectTypeOf(model.evaluate).returns.resolves.toEqualTypeOf<Evaluation>();
    expectTypeOf(model.predict).returns.resolves.toEqualTypeOf<Float32Array>();
    expectTypeOf(model.predictOutputs).returns.resolves.toEqualTypeOf<Record<string, Float32Array>>();
    expectTypeOf(loadModel).returns.resolves.toEqualTypeOf<Model>();
  });

  it("hold data", () => {
    expectTypeOf(createDataset).returns.toEqualTypeOf<Dataset>();
    expectTypeOf<Dataset["shape"]>().toEqualTypeOf<ImageShape>();
    expectTypeOf((data: Dataset) => splitDataset(data, 1)).returns.toEqualTypeOf<DatasetSplit>();
    expectTypeOf(() => readData([])).returns.resolves.toEqualTypeOf<ReadData>();
  });

  it("work in a session", () => {
    expectTypeOf(createSession).returns.resolves.toEqualTypeOf<Session>();
    expectTypeOf<Session["createModel"]>().returns.resolves.toEqualTypeOf<RemoteModel>();
    expectTypeOf<RemoteModel["fit"]>().parameter(0).toEqualTypeOf<RemoteDataset>();
    expectTypeOf<RemoteModel["fit"]>().returns.resolves.toEqualTypeOf<RemoteRun>();
  });

  it("take options", () => {
    expectTypeOf(sgd).parameter(0).toEqualTypeOf<SgdOptions | undefined>();
    expectTypeOf<SgdOptions["momentum"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<SgdOptions["nesterov"]>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf(adam).returns.toEqualTypeOf<Optimizer>();
  });

  it("of a search tell its events apart", () => {
    expectTypeOf(search).parameter(0).toEqualTypeOf<SpaceFile>();
    expectTypeOf(search).returns.toEqualTypeOf<AsyncGenerator<SearchEvent, void>>();
    expectTypeOf<Extract<SearchEvent, { event: "start" }>>().toEqualTypeOf<SearchStart>();
    expectTypeOf<Extract<SearchEvent, { event: "end" }>>().toEqualTypeOf<SearchEnd>();
    expectTypeOf<Extract<SearchEvent, { event: "result" }>["result"]>().toEqualTypeOf<TrialResult>();
    // @ts-expect-error: a search has a folder.
    expectTypeOf(search).toBeCallableWith({ space: { lr: { choice: [0.1] } } }, {});
  });
});
