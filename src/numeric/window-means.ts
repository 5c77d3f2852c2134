/**
 * The matrix [count, size] whose product with a line of `size` numbers has the means of `count` windows, as adaptive average pooling takes
 * them: window i is from floor(i size / count) to ceil((i + 1) size / count) - 1.
 */
export function windowMeans(size: number, count: number): Float32Array {
  const matrix = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const [first, end] = [Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count)];
    matrix.fill(1 / (end - first), i * size + first, i * size + end);
  }
  return matrix;
}
