import { execFileSync } from 'node:child_process';
import { projectRoot } from '../../support/test-cluster.ts';

/** Debian's interpreter of the language version that Argo CD embeds; installed when it is missing. */
export function installLua(): void {
  execFileSync(`${projectRoot}/hack/test-bed/test-bed.sh`, ['packages', 'lua5.1'], { stdio: 'ignore' });
}

/**
 * What a script returns for an object. Like in Argo CD's API server, it has the basic functions, `table` and a harmless
 * part of `os`, and nothing else: no strings, no files.
 *
 * @throws Error with the script's own words when it ends with an error.
 */
export function runLua(script: string, object: object, parameters: Readonly<Record<string, string>> = {}): unknown {
  const program = [
    `local obj, actionParams = ${lua(object)}, ${lua(parameters)}`,
    `local script = ${lua(script)}`,
    harness,
  ].join('\n');
  const answer = JSON.parse(execFileSync('lua5.1', ['-'], { input: program, encoding: 'utf8' })) as {
    error?: string;
    value?: unknown;
  };
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer.value;
}

const harness = `
local allowed = {
  obj = obj, actionParams = actionParams, table = table, os = { time = os.time, date = os.date },
  ipairs = ipairs, pairs = pairs, tostring = tostring, tonumber = tonumber, type = type, next = next,
  error = error, assert = assert, pcall = pcall, select = select, unpack = unpack,
}
-- Text has no methods there.
getmetatable("").__index = nil
local format, gsub, byte = string.format, string.gsub, string.byte
local function quoted(text)
  return '"' .. gsub(text, '[%c"\\\\]', function(c) return format("\\\\u%04x", byte(c)) end) .. '"'
end
local function json(value)
  if type(value) == "string" then return quoted(value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  if value[1] ~= nil or next(value) == nil then
    for _, item in ipairs(value) do table.insert(parts, json(item)) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do table.insert(parts, quoted(key) .. ":" .. json(item)) end
  return "{" .. table.concat(parts, ",") .. "}"
end
local chunk = assert(loadstring(script, "=script"))
setfenv(chunk, allowed)
local fine, value = pcall(chunk)
print(json(fine and { value = value } or { error = value }))
`;

function lua(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (typeof value === 'string') return longString(value);
  if (Array.isArray(value)) return `{${value.map(lua).join(',')}}`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `[${longString(key)}]=${lua(field)}`);
  return `{${fields.join(',')}}`;
}

/** Lua 5.1 knows decimal escapes only. */
function longString(text: string): string {
  const escaped = [...Buffer.from(text)].map((byte) =>
    byte < 32 || byte > 126 || byte === 34 || byte === 92
      ? `\\${byte.toString().padStart(3, '0')}`
      : String.fromCharCode(byte),
  );
  return `"${escaped.join('')}"`;
}
