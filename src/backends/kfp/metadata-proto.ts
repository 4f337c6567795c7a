import type { fromJSON } from '@grpc/proto-loader';

type Definition = Parameters<typeof fromJSON>[0];

const optional = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
const values = (id: number) => ({ keyType: 'string', type: 'Value', id });

/**
 * The part of ML Metadata's public protocol (package ml_metadata, service MetadataStoreService) that is needed to follow
 * a run to what it wrote. Fields that are not listed are skipped by the wire format.
 */
const protocol: object = {
  nested: {
    google: {
      nested: {
        protobuf: {
          nested: {
            Struct: { fields: { fields: { keyType: 'string', type: 'Value', id: 1 } } },
            Value: {
              oneofs: {
                kind: {
                  oneof: ['nullValue', 'numberValue', 'stringValue', 'boolValue', 'structValue', 'listValue'],
                },
              },
              fields: {
                nullValue: optional('NullValue', 1),
                numberValue: optional('double', 2),
                stringValue: optional('string', 3),
                boolValue: optional('bool', 4),
                structValue: optional('Struct', 5),
                listValue: optional('ListValue', 6),
              },
            },
            NullValue: { values: { NULL_VALUE: 0 } },
            ListValue: { fields: { values: repeated('Value', 1) } },
          },
        },
      },
    },
    ml_metadata: {
      nested: {
        Value: {
          oneofs: { value: { oneof: ['intValue', 'doubleValue', 'stringValue', 'structValue', 'boolValue'] } },
          fields: {
            intValue: optional('int64', 1),
            doubleValue: optional('double', 2),
            stringValue: optional('string', 3),
            structValue: optional('google.protobuf.Struct', 4),
            boolValue: optional('bool', 6),
          },
        },
        Context: { fields: { id: optional('int64', 1), name: optional('string', 3) } },
        Execution: {
          fields: { id: optional('int64', 1), type: optional('string', 7), customProperties: values(5) },
        },
        Artifact: {
          fields: {
            id: optional('int64', 1),
            uri: optional('string', 3),
            customProperties: values(5),
            name: optional('string', 7),
            type: optional('string', 8),
          },
        },
        Event: {
          fields: {
            artifactId: optional('int64', 1),
            executionId: optional('int64', 2),
            path: optional('Path', 3),
            /** 1 DECLARED_OUTPUT, 2 DECLARED_INPUT, 3 INPUT, 4 OUTPUT, 5 INTERNAL_INPUT, 6 INTERNAL_OUTPUT. */
            type: optional('int32', 4),
          },
          nested: {
            Path: {
              fields: { steps: repeated('Step', 1) },
              nested: {
                Step: {
                  oneofs: { value: { oneof: ['index', 'key'] } },
                  fields: { index: optional('int64', 1), key: optional('string', 2) },
                },
              },
            },
          },
        },
        ListOperationOptions: {
          fields: { maxResultSize: optional('int32', 1), nextPageToken: optional('string', 3) },
        },
        GetContextByTypeAndNameRequest: {
          fields: { typeName: optional('string', 1), contextName: optional('string', 2) },
        },
        GetContextByTypeAndNameResponse: { fields: { context: optional('Context', 1) } },
        GetExecutionsByContextRequest: {
          fields: { contextId: optional('int64', 1), options: optional('ListOperationOptions', 2) },
        },
        GetExecutionsByContextResponse: {
          fields: { executions: repeated('Execution', 1), nextPageToken: optional('string', 2) },
        },
        GetEventsByExecutionIDsRequest: {
          fields: { executionIds: { ...repeated('int64', 1), options: { packed: false } } },
        },
        GetEventsByExecutionIDsResponse: { fields: { events: repeated('Event', 1) } },
        GetArtifactsByIDRequest: { fields: { artifactIds: { ...repeated('int64', 1), options: { packed: false } } } },
        GetArtifactsByIDResponse: { fields: { artifacts: repeated('Artifact', 1) } },
        MetadataStoreService: {
          methods: Object.fromEntries(
            ['GetContextByTypeAndName', 'GetExecutionsByContext', 'GetEventsByExecutionIDs', 'GetArtifactsByID'].map(
              (name) => [name, { requestType: `${name}Request`, responseType: `${name}Response` }],
            ),
          ),
        },
      },
    },
  },
};

/** The types of protobufjs know no map fields in JSON, which it reads nevertheless. */
export const metadataProtocol = protocol as Definition;
