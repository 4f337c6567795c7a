import { stringify } from 'yaml';
import type { Column, CustomResource } from '../../src/api/custom-resources.ts';
import { structuralSchema } from './structural-schema.ts';

/** The manifest of one CustomResourceDefinition. */
export function customResourceDefinition(resource: CustomResource): string {
  const { group, version, plural, kind } = resource.type;
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels: { 'app.kubernetes.io/part-of': 'swarm' } },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        categories: ['swarm'],
        ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: resource.columns.map(printerColumn),
          selectableFields: resource.selectableFields.map((jsonPath) => ({ jsonPath })),
          schema: { openAPIV3Schema: rootSchema(resource) },
        },
      ],
    },
  };
  const note =
    '# Generated from src/api by hack/generate.ts. Do not edit: change the schema and run `make generate`.\n';
  return note + stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}

function rootSchema(resource: CustomResource) {
  const kind = resource.type.kind;
  return {
    type: 'object',
    description: resource.description,
    required: ['spec'],
    ...(resource.rules.length > 0 && { 'x-kubernetes-validations': resource.rules }),
    properties: {
      apiVersion: {
        type: 'string',
        description: `Version of the API: ${resource.type.group}/${resource.type.version}.`,
      },
      kind: { type: 'string', description: `Kind of the object: ${kind}.` },
      metadata: { type: 'object' },
      spec: { ...structuralSchema(resource.spec, `${kind}.spec`), description: 'What is asked for.' },
      status: { ...structuralSchema(resource.status, `${kind}.status`), description: 'What the operator reports.' },
    },
  };
}

function printerColumn({ name, type, jsonPath, description, wide }: Column) {
  return { name, type, jsonPath, description, ...(wide === true && { priority: 1 }) };
}
