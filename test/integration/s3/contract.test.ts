import { createS3Store } from '../../../src/backends/s3/s3-store.ts';
import { describeObjectStore } from './object-store-contract.ts';
import { settingsOf, storesUnderTest } from './stores-under-test.ts';

for (const { name } of storesUnderTest) {
  describeObjectStore(name, () => Promise.resolve(createS3Store(settingsOf(name))));
}
