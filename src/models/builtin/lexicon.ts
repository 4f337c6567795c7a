import { pattern, patterns } from '../../language/text.ts';

/**
 * What people say for what they want, in the words of machine learning operations. Names that exist are masked before
 * these are tried (see mentions.ts): ① pipeline ② run ③ experiment ④ schedule ⑤ bucket ⑥ object ⑨ namespace.
 */
export const maskOf: Readonly<Record<string, string>> = {
  pipeline: '①',
  run: '②',
  experiment: '③',
  schedule: '④',
  bucket: '⑤',
  object: '⑥',
  namespace: '⑨',
};

/** Deeds: a tool that is not meant for one of them is a wrong answer to it. */
export const deeds = patterns({
  start: `!run(?! of| on (?:friday|monday))|run (?=(?:①|it|them|the|a|my|our|this|pipeline)(?!\\p{L}))(?! .{1,5} run)|start|starting|launch
    |kick* .{0,40}off|kickoff|trigger|execute|exec|fire .{0,30}up|spin up|submit|resubmit|begin|teach|retrain|!train
    |get .{0,40} (?:going|running|started)|set .{0,40} (?:going|in motion)|roll* .{0,60}out
    |!(?:roll|bring|push|deliver|calculate|compute|recompute|simulate|score|predict|generate|process|analy[sz]e|extract)
    |!(?:evaluate|refresh|rebuild|build|deploy|ship|release|send(?! me| us| him| her)|publish|promote|test|redeploy)`,
  stop: `stop|stopping|terminate|cancel|kill|abort|halt|quit|shut .{0,30}down|!end|call off|interrupt`,
  again: `rerun*|re-run*|retry*|retries|redo|repeat*|restart*|(?:once|one time) more|one more time|again|anew|afresh
    |(?:another|second|new|more) (?:go|try|attempt|chance|shot)`,
  diagnose: `why|diagnos*|root cause|rca|what (?:went|is|was|has gone) wrong|what's wrong|(?<!which .{0,40})went wrong|cause[ds]?|causing
    |what .{0,20}happened (?:to|with|in|there)|what happened|reasons?|broke|blocking|stuck|hang*|troubleshoot*|debug*
    |investigat*|what (?:killed|crashed|broke)|understand (?:it|why|what (?:happened|went)|the error)|died|how come|what made .{0,60}fail*
    |explain .{0,40}(?:fail*|error*|crash*)|problem with|what .{0,5}the (?:problem|trouble|matter|issue|error)`,
  compare: `compar*|versus|vs|which .{0,60}(?:better|best|worse|faster)|better|(?<=(?:was|is|which) )(?:best|faster)|diff
    |differ*|side by side|against|difference between|outperform*`,
  draw: `plot*|draw*|chart*|graph*|visualiz*|visualis*|picture|diagram*|histogram*|confusion matri*|feature importances?|roc(?: curve)?|scatter*|sketch
    |as an image`,
  pause: `pause|disable|deactivate|suspend|on hold|!hold|turn .{0,40}off|switch .{0,40}off|snooze|freeze(?= ④)`,
  resume: `resume|enable|activate|reactivate|unpause|turn .{0,40}on|switch .{0,40}on|back on|reenable|re-enable`,
  delete: `delete*|del|remove*|rm|drop|erase*|wipe*|discard|get rid of|purge*|throw .{0,40}(?:away|out)|clean up|bin|scrap
    |trash`,
  upload: `upload(?! dates?| time)|uploading|import|importing|register*|add (?=.{0,60} (?:as|to) )`,
  create: `create|creating|make (?=a |an |me a |us a |new |the new )|mb|mkdir|new(?= (?:experiment|bucket|schedule|③|⑤|exp))
    |set up|open (?=a new |new |an experiment)|add (?=a |an |new )|need (?=an? (?:new )?(?:experiment|bucket))`,
  link: `link*|presign*|share*|sharable|shareable|url|download*|forward|send (?:me|us|him|her|them)`,
  put: `save*|put|store(?= )|write*|note (?:this |that |it )?down|jot .{0,20}down`,
  copy: `copy|copies|copied|cp|duplicate*|mirror|back up|clone`,
  move: `move*|mv|rename*`,
  find: `(?<!(?:did|does|do) .{0,60})find(?!ings| out)|finding|search* (?=for|all|every|the bucket*)|locate*|look* for|where(?! .{0,40}buckets|.{0,30}(?:kept|keep|stored?|live)\\W*$)|somewhere|anywhere
    |in which bucket|which bucket(?!s)|newest|track down`,
  profile: `profil*|column*|rows?|how many (?:rows|lines|records|entries)|missing values|(?:something|anything) missing
    |is .{0,12}missing|empty (?:cells|fields|values)|gaps|blanks|duplicates|outliers|nulls?|statistic*|distribution of|quality of|schema of
    |describe(?= (?:the )?(?:data|⑥|csv))|mean of|average|overview of the data`,
  stat: `stat|!du|how (?:large|big|old)|size of|file size|sizes?(?= of| and| \\?|\\?)|last (?:modified|changed|updated|written)
    |when was .{0,60}(?:changed|modified|written|uploaded|updated|touched)|metadata of|how much space`,
  open: `reads?|open*|cat|head|content*|contain*|print|show(?= .{0,30}⑥)|summaris*|summariz*|sum .{0,20}up|main points|gist of
    |what does .{0,50} say|what's in(?= ⑥)|what is in(?= ⑥)|key (?:points|messages)`,
  query: `sql|select .{1,80} from|group by`,
  unlock: `grant*|give .{0,30} (?:access|permission*|admin)|scale*|resize*|e-?mail(?! (?:it|to|him|her|them))|phone
    |!order|book|buy|hire|translate*|drain|reboot|patch`,
});

/** Deeds that change something: a question does not ask for them. */
const changes = 'start|stop|again|pause|resume|recur|delete|upload|create|copy|move|put'.split('|');
export const isChange = (deed: string): boolean => changes.includes(deed);

/** Asks after the end of something that runs. */
const ended =
  '(?:has|have|is|did|does) .{0,60}(?:arrived?|ready|done|over|through|work(?:ed)?|finish(?:ed)?|pass(?:ed)?|completed?|ended|landed|gone|go well)';

/** Ways of asking that many tools share. */
export const asks = patterns({
  list: `list*|ls|all|everything|available|which|wich|what (?:is being|do|are|is in|is inside|lies|else|ran|has (?:run|failed|finished|crashed)|failed)
    |what (?:kinds? of )?(?:pipelines|runs|buckets|experiments|schedules|tekton|kubeflow|recurring|files|objects|workflows)
    |what(?:'s|s) (?:in|inside|lying|stored|there)|what ran|show .{0,30}(?:runs|pipelines|buckets|experiments|schedules|files|objects|①|⑤)
    |anything|any|how many|overview|recent|did .{0,60}(?:go through|fail)|have we got|do we have|exists?|catalogue|catalog`,
  get: `get|show|${ended}
    |describe*|detail*|status|state|info*|tell me about|about|what is|what does|what state|how (?:is|are|did|long)|how's
    |progress|finish(?:ed)?|done|succeed*|complete*|took|take*|duration|did .{0,60} (?:work|pass|succeed|finish|complete)
    |check|going|doing|where does .{0,30}stand`,
  docs: `how (?:do|does|can|should|would|to|are)|what (?:is|are) (?:a|an|the (?:difference|meaning|purpose|limit|default|recommended|right way|procedure|policy|rule))
    |explain|difference between|runbook*|documentation|docs|handbook|guide|guideline*|procedure*|policy|policies|rules?
    |convention*|according to|manual page|concept|meaning|is it possible|supported|default|size limit|maximum|best practice*
    |recommended|syntax|(?:supposed|allowed|permitted|expected|required|have) to (?:do|see|use)|what (?:do|should|must) (?:we|i) do
    |who (?:may|can|must|should|is allowed)`,
  policy: `who (?:may|can|must|should|is (?:allowed|responsible|in charge)|approves?|decides|owns|signs)
    |how long (?:is|are|do|must|should|may|can) .{1,60}(?:kept|keep|retain(?:ed)?|stored?|archived?|valid)
    |how often (?:should|must|may)|when (?:may|must|should) (?:i|we|you|one|an?|the)|why (?:do|must|should|don't) (?:i|we|you|people)
    |(?:are|am) (?:we|i|you|people) (?:allowed|permitted|required|supposed)|is it (?:allowed|permitted|required|forbidden)
    |(?:what|which) (?!param*|inputs?|arguments?|settings?|values?|information).{0,40}(?:is|are) (?:needed|required|necessary|allowed|permitted|forbidden) (?:to|for|before|when|in)
    |what (?:must|should|may) (?:an?|every|each|the)|retention (?:period|time|polic*|rules?)`,
  define: `what (?:is|are) (?:a|an|the difference|the meaning)|what does .{1,40} mean|explain(?! .{0,20}(?:fail|error))
    |difference between|how (?:do|can|should|would) (?:i|we|you|one|people|somebody)`,
  recur: `every|each (?:day|week|month|morning|night|hour|monday)|daily|nightly|weekly|monthly|hourly|weekdays?|cron
    |schedule(?= ①)|!schedule|recurring(?= run of)|automate*|regularly`,
});

/** Things that are asked about. */
export const things = patterns({
  pipeline: `pipelines?|analys[ei]s|processes|recipes|①|workflows?|computations?`,
  version: `versions?|version history|releases of|revisions`,
  run: `runs|②|${ended}|(?:the|that|this|last|latest|newest|failed|running|my|our|which|pipeline|tekton|kfp|kubeflow|a|of|recurring|current|yesterday's|night's|today's|new|get|terminate|diagnose|cancel|retry|visualize|for|two) run
    |run(?= ②)|(?<=[①-⑨\\u2060] )run|ran|being (?:computed|calculated|processed|executed|trained|built)|failed|failing|crashed|broke|went wrong|executions?|jobs?|trainings?|pipelineruns?|running|builds|deployments?|taskruns?
    |calculations?`,
  experiment: `experiments?|exp|③`,
  schedule: `schedules?|sched|automatic*|by (?:itself|themselves)|on (?:its|their) own|④|recurring runs?|cron ?jobs?|timetable
    |scheduled|timers?|on (?:its|their) own`,
  bucket: `buckets?|⑤|!mb|mkdir|storage (?:locations?|areas?|places?|spaces?)|where .{0,20}(?:data|files|everything|things) .{0,10}(?:kept|keep|stored?|lives?)`,
  object: `objects?|files?|⑥|datasets?|data sets?|documents?|key|folder`,
  log: `logs?|log lines|stdout|stderr|print(?:ed)?|output of|tail|console`,
  metric: `metrics?|(?<=^|(?:the|me|what) )(?!state|status|cause|reason|logs?|results?|outputs?|name|versions?|progress|duration|problem|matter|details?|end|rest|history|runs?|artifacts?|files?|picture|chart|plot|graph|curve|parameters?|tasks?|steps?)[\\p{L}\\p{N}_]+ (?:of|for) (?:(?:the|run|last|latest|newest) )*②
    |how many .{1,40} did|accuracy|scores?|error rate|how (?:good|accurate|well|precise)|what .{1,20} did .{0,30} reach`,
  artifact: `artifacts?|artefacts?|produce[ds]?|outputs|c[ao]me out of|results? files?|what did ②.{0,40} (?:leave|write|create|generate|make|yield|output|give|bring)`,
  parameter: `param*|inputs?|fill in|(?:have|need) to (?:give|provide|specify|know|fill|set|tell|enter)|must (?:i|we) (?:give|provide|set)
    |required|arguments?|which (?:information|values|settings)|expects?|needs?|tasks of|steps of|what does .{0,30}do|dag
    |actually do*|good for`,
  pdf: `pdfs?|pages?`,
});

/** Words that say whose pipelines and runs are meant. */
export const domains = patterns({
  tekton: `tekton|pipelineruns?|pr|pipeline runs|taskruns?|builds?|deploy*|release*|ci|ci/cd|image|rollout*|deliver*|ship*
    |commit|branch|revision|production|staging`,
  kfp: `kfp|kubeflow|experiment*|trainings?|retrain*|hyperparam*`,
  minio: `minio|s3|buckets?|object stor*|object-stor*|files?|csv|parquet|pdf|dataset*`,
  docs: `docs|documentation|runbooks?|handbook|knowledge base|guidelines?`,
});

export const phrases = patterns({
  smalltalk: `hi|hello|hey|good (?:morning|afternoon|evening|night|day)|thank*|thx|cheers|great job|well done|nice work|bye
    |goodbye|see you|how are you|perfect|awesome`,
  help: `help|what .{0,12}(?:can|could) (?:you|this|it) .{0,12}(?:do|help)|what .{0,12}you (?:can|could) do|how do you work
    |what (?:are you able|do you (?:do|know|offer))|your (?:abilities|capabilities|features|skills)|who are you|what are you
    |what .{0,24}(?:can|could|may) i (?:ask|do|say)|how (?:do i use|can you help|does this (?:assistant|bot|thing) work)
    |introduce yourself|where (?:do|should) i (?:start|begin)|getting started|what .{0,24}(?:this|you) .{0,12}(?:good )?for`,
  unsafe: `passwords?|passphrase|credentials?|secret(?:s| key| keys| access)*|api[ -]?keys?|private keys?|tokens?
    |kubeconfig*|\\.kube|admin rights|root access|cluster-admin
    |(?:delete|remove|wipe|erase|destroy|drop|purge|kill|terminate|cancel|stop) (?:\\p{L}+ ){0,2}(?:everything|all|every)
    |rm -rf|(?:disable|turn off|switch off|bypass|skip|ignore|override|circumvent|without) (?:\\p{L}+ ){0,3}(?:approval*|audit*|guard*|polic*|check*|safety|security|rbac|limits?|review*|validation)
    |ignore (?:\\p{L}+ ){0,2}(?:instructions|rules)|pretend|(?:make|let) .{0,60}look|hack*|mine (?:bitcoin|crypto)|exfiltrat*
    |(?:change|edit|fake|falsify|forge|invent|manipulate|alter|adjust|rewrite|overwrite|fudge|set|raise|lower|improve) (?:\\p{L}+ ){0,4}(?:metric*|accuracy|results?|scores?|numbers?|figures?|report*|history|logs?|audit*)
    |(?:mark|report|set) .{0,60}(?:as|to) (?:succeeded|successful|passed|0?\\.9\\d*|100)`,
  readsAbout: `rotat*|renew*|how (?:do|to|can|should)|what (?:is|are|does)|runbook*|policy|docs|documentation|explain`,
  filler: `please|pls|could you|can you|would you|will you|i would like (?:to|you to)|i'd like (?:to|you to)
    |i want (?:to|you to)|let's|now|just|also|ok|okay|hey|hi|hello|yes|so|well|then|and`,
  report: `explain|describe|check|report|find out|tell|let|show|give|say|send|quote|summarise|summarize`,
  order: `\\p{L}{2,}(?: (?:out|up|off|on|through))? (?:the|an?|my|our|another|version)|(?:i|we) (?:want|need|like) (?:the|an?|another)
    |(?:i|we)(?:'d| would) like (?:the|an?|another)`,
  question: `wich|waht|what|what's|whats|which|when|where|who|whose|how|is|are|was|were|do|does|did|has|have|any|am`,
  declined: `(?:don't|do not|no longer|never) (?:want|need)(?! to)`,
  likewise: `and|what about|how about|same|also|now`,
  wait: `wait|until (?:it|that|this|the run) (?:is|has|ends|finishes|completes)
    |(?:when|once|as soon as) (?:it|that|the run) (?:is|has) (?:done|finished|ended|through)`,
  pronoun: `it|its|that|this|them|those|these|the same|same|(?:that|this) one|there
    |the (?:run|file|object|pipeline|schedule|job|table|dataset|data set|document|report|model|one|bucket|experiment|failed one|result)`,
  previous: `(?:run|one|training|time) before|previous|preceding|(?:earlier|prior) (?:run|one)|last time`,
  newest: `latest|newest|last|most recent|recent|freshest`,
});

/** States of runs in people's words. */
export const states: Readonly<Record<string, RegExp>> = patterns({
  Failed: `fail*|broke|broken|breaks?|crash*|errored|red|unsuccessful*|(?:went|go|gone) wrong|died|not work*|problems?`,
  Running: `running|being (?:computed|calculated|processed|executed|trained|built)|busy|in progress|active|still going|ongoing|going on|right now|under way|currently|at the moment|using`,
  Succeeded: `succe*|passed|went through|went well|go through|green|good|finished ok`,
  Pending: `pending|queued|waiting|not started`,
  Cancelled: `cancell?ed|aborted|stopped|terminated`,
});

/** What is stopped runs; what is diagnosed or tried again has failed. */
export const impliedStates: Readonly<Record<string, readonly string[]>> = {
  stop: ['Running', 'Pending'],
  diagnose: ['Failed'],
  again: ['Failed'],
};

/** Which entries of a table occur in the text, first ones first. */
export function occurrences(table: Readonly<Record<string, RegExp>>, text: string): readonly string[] {
  const found = Object.entries(table).map(([name, expression]) => ({ name, index: text.search(expression) }));
  const said = found.filter(({ index }) => index >= 0).toSorted((a, b) => a.index - b.index);
  return said.map(({ name }) => name);
}

export function startsWith(text: string, expression: RegExp): boolean {
  return text.search(expression) === 0;
}

/** The text without the words of courtesy that it begins with. */
export function withoutFiller(masked: string): string {
  return masked.replace(leadingFiller, '');
}
const leadingFiller = new RegExp(
  `^(?:[\\s,.!?:-]|${phrases.filler.source}|${pattern('i').source}(?=\\s+(?:just|only)))+`,
  'u',
);
