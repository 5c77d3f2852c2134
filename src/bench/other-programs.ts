import { NORM_BLOCK } from "../engine/kernel-sizes.ts";
/**
 * Programs of a training step's work besides its layers: optimizers, losses, input.
 *
 * @module
 */

import { readAugment } from "../data/augment.ts";
import { writeTransform } from "../data/transform.ts";
import { MemoryPlan } from "../engine/plan.ts";
import type { Heap } from "../engine/reference/heap.ts";
import { Tape } from "../engine/tape.ts";
import type { Loss, Optimizer } from "../model/contracts.ts";
import { RandomStream } from "../numeric/random.ts";
import { fillNormal, type Program, type ProgramMaker } from "./program.ts";

function programOf(plan: MemoryPlan, emit: (tape: Tape) => void, fill: (heap: Heap) => void): Program {
  const elements = plan.freeze();
  const tape = new Tape();
  emit(tape);
  return { elements, regions: plan.regions, operations: tape.operations, multiplyAdds: 0, fill };
}

/** A step of an optimizer on `count` weights, whatever the batch size. */
export function optimizerProgram(optimizer: Optimizer, count: number): ProgramMaker {
  return () => {
    const plan = new MemoryPlan();
    const values = plan.reserve("values", "parameters", count);
    const gradients = plan.reserve("gradients", "gradients", count);
    const slots = optimizer.slots.map((name) => plan.reserve(name, "optimizer", count));
    const hyper = plan.reserve("step numbers", "scratch", 4);
    const emit = (tape: Tape) =>
      optimizer.emit(tape, {
        count,
        values: values.offset,
        gradients: gradients.offset,
        slots: slots.map(({ offset }) => offset),
        decays: true,
        hyper: hyper.offset,
      });
    return programOf(plan, emit, (heap) => {
      for (const region of [values, gradients]) fillNormal(heap, region);
      // Second moments are never negative, and these far from 0.
      for (const { offset, size } of slots) heap.fill(0.25, offset, offset + size);
      // A small rate: the step is repeated thousands of times.
      heap.set(optimizer.hyper(1, 1e-6), hyper.offset);
    });
  };
}

/** The backward pass of a dense layer and its update in one, which plain SGD has for single images. */
export function descentProgram(optimizer: Optimizer, inputs: number, units: number): ProgramMaker {
  return () => {
    const plan = new MemoryPlan();
    const kernel = plan.reserve("kernel", "parameters", inputs * units);
    const gradient = plan.reserve("gradient", "gradients", inputs * units);
    const x = plan.reserve("x", "input", inputs);
    const dy = plan.reserve("dy", "input", units);
    const dx = plan.reserve("dx", "scratch", inputs);
    const hyper = plan.reserve("step numbers", "scratch", 4);
    const emit = (tape: Tape) => {
      const places = { x: x.offset, dy: dy.offset, dx: dx.offset, inputs, units, stopsAtZero: false };
      optimizer.emitDense?.(tape, { kernel, gradient, ...places }, hyper.offset);
    };
    return programOf(plan, emit, (heap) => {
      for (const region of [kernel, x, dy]) fillNormal(heap, region);
      // A small rate: the step is repeated thousands of times.
      heap.set(optimizer.hyper(1, 1e-6), hyper.offset);
    });
  };
}

/** The global norm of `count` gradients, and the factor that clips it. */
export function clipProgram(count: number): ProgramMaker {
  return () => {
    const plan = new MemoryPlan();
    const blocks = Math.ceil(count / NORM_BLOCK);
    const gradients = plan.reserve("gradients", "gradients", count);
    const partials = plan.reserve("partial sums", "scratch", blocks);
    const hyper = plan.reserve("step numbers", "scratch", 4);
    const emit = (tape: Tape) => {
      tape.add("gradient_norm", "weight", blocks, gradients.offset, partials.offset, count);
      tape.add("gradient_clip", "single", 1, partials.offset, blocks, hyper.offset, 1);
    };
    return programOf(plan, emit, (heap) => fillNormal(heap, gradients));
  };
}

/**
 * A loss of a batch with its gradient.
 *
 * @param soft true: against a share of each class
 */
export function lossProgram(loss: Loss, outputs: number, soft = false): ProgramMaker {
  return (n) => {
    const plan = new MemoryPlan();
    const y = plan.reserve("outputs", "input", n * outputs);
    const targets = plan.reserve("targets", "input", n * (loss.classes ? 1 : outputs));
    const weights = plan.reserve("sample weights", "input", n);
    const softTargets = plan.reserve("soft targets", "input", soft ? n * outputs : 0);
    const numbers = plan.reserve("loss numbers", "input", loss.numbers?.length ?? 0);
    const losses = plan.reserve("losses", "scratch", n);
    const correct = plan.reserve("correct", "scratch", n);
    const gradient = plan.reserve("gradient", "scratch", n * outputs);
    const emit = (tape: Tape) => {
      const places = {
        images: n,
        outputs: y.offset,
        targets: targets.offset,
        softTargets: soft ? softTargets.offset : 0,
        numbers: numbers.offset,
        weights: weights.offset,
        losses: losses.offset,
        correct: correct.offset,
        gradient: gradient.offset,
      };
      loss.emit(tape, n, places, outputs);
    };
    return programOf(plan, emit, (heap) => {
      fillNormal(heap, y);
      heap.set(loss.numbers ?? [], numbers.offset);
      heap.fill(1, weights.offset, weights.offset + n);
      heap.fill(1 / outputs, softTargets.offset, softTargets.offset + softTargets.size);
      for (let i = 0; i < targets.size; i++) heap[targets.offset + i] = loss.classes ? i % outputs : i % 2;
    });
  };
}

/** Preparation of a batch of images: scaled, then moved and turned. */
export function inputProgram([h, w, c]: readonly [number, number, number]): ProgramMaker {
  return (n) => {
    const plan = new MemoryPlan();
    const size = h * w * c;
    const pixels = plan.reserve("pixels", "input", n * size);
    const floats = plan.reserve("floats", "input", n * size);
    const images = plan.reserve("images", "input", n * size);
    const augmented = plan.reserve("augmented", "input", n * size);
    const transforms = plan.reserve("transforms", "input", n * 10);
    const [scale, shift, blank] = ["scale", "shift", "fill"].map((name) => plan.reserve(name, "input", c));
    const emit = (tape: Tape) => {
      const scaling = [size, c, scale.offset, shift.offset] as const;
      tape.add("normalize_floats", "sample", n, floats.offset, images.offset, ...scaling);
      tape.add("normalize_bytes", "sample", n, pixels.offset, images.offset, ...scaling);
      tape.add("augment", "sample", n, images.offset, augmented.offset, h, w, c, transforms.offset, blank.offset);
    };
    const augment = readAugment({ shift: 2, rotate: 10, scale: 0.1 });
    const stream = RandomStream.from(1, "bench transforms");
    const program = programOf(plan, emit, (heap) => {
      fillNormal(heap, floats);
      heap.fill(1 / 64, scale.offset, scale.offset + c);
      for (let i = 0; i < n; i++) writeTransform(heap, transforms.offset + i * 10, augment, [h, w, c], stream, i);
    });
    return { ...program, pixels };
  };
}
