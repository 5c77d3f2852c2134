import { sgd } from "../../../src/training/optimizers.ts";
import { testBits } from "./bits.ts";

testBits({ batchSize: 3, optimizer: sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.01 }) });
