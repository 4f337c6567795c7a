import packageJson from '../../package.json' with { type: 'json' };

/** Of the plugin; operator and plugin are released together. */
export const version: string = packageJson.version;
