import { describeObjectStore } from '../../test/integration/s3/object-store-contract.ts';
import { FakeObjectStore } from './fake-object-store.ts';

describeObjectStore('the fake object store', () => {
  const fake = new FakeObjectStore();
  return Promise.resolve({ bind: (signal) => fake.bind(signal), close: () => undefined });
});
