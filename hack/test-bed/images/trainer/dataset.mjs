import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Something is wrong with the data, not with the program. */
export class DataError extends Error {
  name = 'DataError';
}

/**
 * Reads a CSV file with a header line. Columns of words become one column of 0 and 1 for each word.
 * The label column must hold 0 and 1. Every fifth row is kept back for testing.
 */
export function readDataset(file, label) {
  const folder = dirname(file);
  if (!existsSync(file)) {
    const others = existsSync(folder) ? readdirSync(folder).join(', ') : 'nothing';
    throw new DataError(`no data set ${basename(file)} in ${folder}; there is: ${others}`);
  }
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const columns = header.split(',');
  if (!columns.includes(label)) {
    throw new DataError(`column "${label}" is not in ${basename(file)}; columns: ${columns.join(', ')}`);
  }
  const records = lines.map((line, index) => {
    const values = line.split(',');
    if (values.length !== columns.length) throw new DataError(`line ${index + 2} has ${values.length} values`);
    return Object.fromEntries(columns.map((column, position) => [column, values[position]]));
  });
  return { rows: records.length, ...split(records, label) };
}

function split(records, label) {
  const features = Object.keys(records[0])
    .filter((column) => column !== label)
    .flatMap((column) => featuresOf(column, records));
  const examples = records.map((record) => ({
    inputs: features.map((feature) => feature.valueOf(record)),
    label: Number(record[label]),
  }));
  if (examples.some((example) => example.label !== 0 && example.label !== 1)) {
    throw new DataError(`column "${label}" must hold 0 and 1`);
  }
  return {
    features: features.map((feature) => feature.name),
    training: examples.filter((_, index) => index % 5 !== 0),
    test: examples.filter((_, index) => index % 5 === 0),
  };
}

function featuresOf(column, records) {
  if (records.every((record) => Number.isFinite(Number(record[column])))) {
    return [{ name: column, valueOf: (record) => Number(record[column]) }];
  }
  const words = [...new Set(records.map((record) => record[column]))].sort();
  return words.map((word) => ({ name: `${column}=${word}`, valueOf: (record) => (record[column] === word ? 1 : 0) }));
}
