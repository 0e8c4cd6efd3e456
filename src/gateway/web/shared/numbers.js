// Numbers out of samples. Pure. NaN where there are none.

const sorted = (values) => [...values].sort((a, b) => a - b);

export function quantile(values, q) {
  if (values.length === 0) return NaN;
  return sorted(values)[Math.min(values.length - 1, Math.floor(q * values.length))];
}

export function median(values) {
  if (values.length === 0) return NaN;
  const all = sorted(values);
  const half = all.length >> 1;
  return all.length % 2 ? all[half] : (all[half - 1] + all[half]) / 2;
}
