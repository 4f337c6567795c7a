import { pattern } from './text.ts';

/**
 * What people say for what they want, in the words of machine learning operations, and in the languages that our users
 * write most. Names that exist are masked before these are tried (see mentions.ts): ① pipeline ② run ③ experiment
 * ④ schedule ⑤ bucket ⑥ object ⑦ task ⑧ knowledge base ⑨ namespace.
 */
export const maskOf: Readonly<Record<string, string>> = {
  pipeline: '①',
  run: '②',
  experiment: '③',
  schedule: '④',
  bucket: '⑤',
  object: '⑥',
  task: '⑦',
  'knowledge-base': '⑧',
  namespace: '⑨',
};

/** Deeds: a tool that is not meant for one of them is a wrong answer to it. */
export const deeds = compile({
  start: `(?<=^|(?:please|pls|and|then|to|now|just|you|let's|we|i|also|,|;|:|-|\\+)\\s)run(?!s)(?! of| on (?:friday|monday))|run (?=①|it |the |a |my |our |pipeline)(?! run)|start*|launch*|kick* off|roll* .{0,60}out|kickoff|trigger*|execute(?!d)|exec|fire up|submit|resubmit|train(?= )|retrain|begin|spin up|(?<=^|(?:please|pls|and|then|to|now|just|you|let's|we|i|also|,|;|:|-|\\+)\\s)(?:roll|calculate|compute|recompute|simulate|score|predict|forecast|generate|process|analy[sz]e|extract|evaluate|refresh|rebuild|build|deploy|ship|release|send(?! me| us)|promote|publish|test)|lauf lassen|lass* .{0,40}laufen|fuhr* .{0,40}aus|lanc*|demarre*|execute[rz]?|ejecut*|arranc*|inici*|avvia*|esegui*|ξεκινα*|ξεκινησ*|τρεξ*|εκτελεσ*|ανεβασε σε παραγωγη`,
  stop: `stop*|terminate*|cancel*|kill*|abort*|halt*|beend*|abbrech*|brich|arret*|annul*|deten*|deteng*|par[ae]|cancela*|ferm[ai]*|interromp*|σταματ*|ακυρω*|διακοψ*|τερματι*`,
  again: `rerun*|re-run*|retry|retries|retrying|redo|repeat*|restart*|once more|(?:run|start|try|launch|trigger|fire) .{0,60}(?:again|anew)|again|erneut|noch ?mal*|wiederhol*|relanc*|reessay*|repet*|de nouveau|otra vez|de nuevo|reintent*|vuelve* a|reinici*|relanza*|riprova*|ripeti*|di nuovo|ξανα*|επαναλαβ*`,
  diagnose: `why|diagnos*|root cause|rca|what (?:went|is|was) wrong|what's wrong|what happened (?:to|with)|caus(?:e|es|ed|ing) (?:of|for)|cause|reason*|broke|blocking|stuck|hang*|explain .{0,30}(?:fail*|error*|crash*)|troubleshoot*|debug*|investigat*|what .{0,20}(?:failed|broke|killed|crashed)|warum|wieso|weshalb|woran|pourquoi|por que|porque|perche|come mai|γιατι|τι πηγε στραβα|αιτια`,
  compare: `compar*|versus|vs|which .{0,60}(?:better|best|worse|faster)|better|(?<=(?:was|is|which)\\s)(?:best|faster)|diff|differ*|side by side|against|vergleich*|welche[rs]? .{0,40}besser|mieux|meilleur*|mejor*|migliore*|confront*|συγκρ*|καλυτερ*`,
  draw: `plot*|draw*|chart*|graph|visuali[sz]*|visuel*|picture|diagram*|histogram*|confusion matri*|roc(?: curve)?|scatter*|zeichne*|grafik*|darstell*|graphique*|grafic*|dibuj*|disegna*|trace[rz]?|γραφημα*|διαγραμμα*|σχεδιασ*`,
  pause: `pause*|disable*|deactivate*|suspend*|hold|turn .{0,40}off|switch .{0,40}off|pausier*|anhalten|deaktivier*|desactiv*|disattiva*|sospend*|παυσ*|απενεργοποι*`,
  resume: `resume*|enable*|activate*|reactivate*|unpause*|turn .{0,40}(?:back )?on|switch .{0,40}(?:back )?on|back on|reenable*|re-enable*|wieder (?:ein|auf)*|aktivier*|reaktivier*|reactiv*|reprend*|activa*|reanud*|riattiva*|riprend*|ενεργοποι*|επανενεργοποι*`,
  delete: `delete*|del|remove*|rm|drop|erase*|wipe*|discard|get rid of|purge*|losch*|entfern*|supprim*|efface*|borr*|elimin*|quita*|cancell[ai]*|διαγραψ*|διαγραφ*|σβησ*`,
  upload: `upload(?! date| time)|uploading|import|importing|register*|add (?=.{0,60} (?:as|to) )|hochlad*|lade .{0,80}hoch|importier*|televers*|import[ez]*|sub[ei]r*|sube|carica*|ανεβασ*`,
  create: `create|creating|make (?=a |an |me a |us a |new )|mb|mkdir|new(?= (?:experiment|bucket|schedule|③|⑤|exp))|set up|open (?=a new |new |an experiment)|add (?=a |an |new )|erstell*|leg* .{0,50}an|anleg*|neue[sn]? (?=experiment|bucket)|cre[ez]*|cree*|nouve[a-z]* (?=experi|bucket)|crea*|nuevo|nuov[oa]|δημιουργ*|φτιαξ*`,
  link: `link*|presign*|share*|sharable|shareable|url|download*|forward|herunterlad*|lien|telecharg*|enlace*|descarg*|scaric*|συνδεσμο*|κατεβασ*`,
  put: `save*|put(?= .{0,80}(?:into|in|as|to|at|under|⑤|⑥|/|\\{))|put|store(?= )|write*|note down|speicher*|schreib*|sichere|enregistr*|sauvegard*|ecri*|guard*|escrib*|salva*|scriv*|αποθηκευσ*|γραψε`,
  copy: `copy|copies|copied|cp|duplicate*|mirror|back up|clone|kopier*|copi[aeo]*|dupli*|αντιγρα*`,
  move: `move*|mv|rename*|verschieb*|umbenenn*|deplac*|renomm*|mueve|renombra*|sposta*|μετακιν*|μετονομασ*`,
  find: `(?<!(?:did|does|do) .{0,60})find(?!ings)|finding|search* (?=for|all|every|the bucket*)|locate*|look* for|where|in which bucket|which bucket*|newest|finde*|suche*|wo (?:ist|liegt|finde)|trouv*|cherch*|ou (?:est|se trouve)|busca*|encuentra*|donde|trova*|cerca*|dove|βρες|βρεσ|που (?:ειναι|βρισκ)*|ψαξ*`,
  profile: `profil*|column*|rows?|how many (?:rows|lines|records|entries)|missing values|nulls?|statistic*|distribution of|quality of|schema of|describe(?= (?:the )?(?:data|⑥|csv))|mean of|average|overview of the data|spalte*|zeile*|fehlende werte|colonne*|lignes|column*|filas|valores faltantes|righe|στηλ*|γραμμες|κενα`,
  stat: `stat|how (?:large|big|old)|size of|file size|sizes?(?= of| and| \\?|\\?)|last modified|when was .{0,60}(?:changed|modified|written|uploaded|updated)|metadata of|wie (?:gross|alt)|taille|quelle taille|tamano|cuanto (?:pesa|ocupa)|quanto (?:pesa|e grande)|ποσο (?:μεγαλ*|ειναι)|μεγεθος`,
  open: `read*|open*|cat|head|content*|contain*|print|show(?= .{0,30}⑥)|summari[sz]*|main points|what does .{0,50} say|what's in(?= ⑥)|what is in(?= ⑥)|lies|lese|offne*|inhalt*|zeig* .{0,30}⑥|ouvr*|lis|lire|contenu*|abre*|lee|leer|contenido*|apri*|leggi*|ανοιξ*|διαβασ*|περιεχομεν*|τι λεει`,
  query: `sql|select .{1,80} from|group by`,
  unlock: `grant*|give .{0,30} (?:access|permission*|admin)|scale*|resize*|e-?mail*|call|phone|order|book|buy|hire|translate*|drain|reboot|patch`,
});

/** Ways of asking that many tools share. */
export const asks = compile({
  list: `list*|ls|all|everything|available|which|what (?:do|are|is in|lies|pipelines|runs|buckets|experiments|schedules|tekton|kubeflow|recurring|files|objects|else|ran|failed)|what's in|what ran|show .{0,30}(?:runs|pipelines|buckets|experiments|schedules|files|objects|①|⑤)|anything|any|how many|overview|recent|welche*|zeig*|liste*|alle|quel*|montr*|affich*|que (?:hay|pipelines|runs)|cuales|muestra*|lista*|quali|mostra*|ποια|ποιες|ποιοι|ποιεσ|δειξε|λιστα|τι υπαρχει`,
  get: `get|show|(?:has|have|is|did|does) (?:the|my|our|that|this|last|it|①|②) .{0,60}(?:arrived?|ready|done|over|through|work(?:ed)?|finish(?:ed)?|pass(?:ed)?|complete[d]?|end(?:ed)?|ok|there|land(?:ed)?|go(?:ne)?)|describe*|detail*|status|state|info*|tell me about|what is|what does|what state|how (?:is|did|long)|progress|finished|finish|done|succeed*|complete*|took|take*|duration|did .{0,60} (?:work|pass|succeed|finish|complete)|check|beschreib*|stand|zustand|fertig|wie lange|decri*|etat|termine*|describe|estado|termino|descrivi|stato|κατασταση|τελειωσ*|ποσο|πως παει`,
  docs: `how (?:do|does|can|should|would|to)|what (?:is|are) (?:a|an|the (?:difference|meaning|purpose|limit|default|recommended|right way|procedure|policy|rule))|explain|difference between|runbook*|documentation|docs|handbook|guide|guideline*|procedure*|policy|policies|convention*|according to|manual page|concept|meaning|is it possible|supported|default|size limit|maximum|best practice*|recommended|syntax|wie (?:kann|mache|geht|funktioniert|richte|schreib)*|was (?:ist|bedeutet)|erklar*|dokumentation|comment (?:faire|puis|est|fonctionne)*|qu'est-ce qu*|explique*|como (?:se|puedo|funciona|hago)|que es|come (?:si|posso|funziona)|che cos'e|cosa e|πως (?:μπορ|γινετ|λειτουργ|να|κανω|οριζ)*|τι ειναι|εξηγησ*|τεκμηριωσ*|διαδικασι*|οδηγο*`,
  define: `what (?:is|are) (?:a|an|the difference|the meaning)|what does .{1,40} mean|explain(?! .{0,20}(?:fail|error))|difference between|how (?:do|can|should|would) (?:i|we|you|one|people|somebody)|was (?:ist|bedeutet) ein*|qu'est-ce qu*|que es un*|cos'e un*|τι ειναι ενα*`,
  recur: `every|each (?:day|week|month|morning|night|hour|monday)|daily|nightly|weekly|monthly|hourly|weekdays?|cron|schedule(?= ①)|(?<=^|(?:please|pls|and|then|to|now|just|you|let's|we|i|also|,|;|:|-|\\+)\\s)schedule|recurring(?= run of)|automate*|regularly|jeden|jede|taglich|wochentlich|stundlich|chaque|tous les|toutes les|quotidien*|cada|todos los|todas las|diari*|ogni|tutt[ie] (?:i|le)|καθε|καθημεριν*`,
});

/** Things that are asked about. */
export const things = compile({
  pipeline: `pipelines?|analys[ei]s|processes|recipes|①|workflows?|pipelinen|tuberia*|πιπελιν*`,
  version: `versions?|version history|releases of|versionen|versiones|version[ie]|εκδοσ*|revisions`,
  run: `runs|②|(?:the|that|this|last|latest|newest|failed|running|my|our|which|pipeline|tekton|kfp|kubeflow|a|of|recurring|current|yesterday's|night's|today's|new|get|terminate|diagnose|cancel|retry|visualize|for) run|run(?= ②)|(?<=[①-⑨\\u2060]\\s)run|ran|execut(?:ion|ions)|jobs?|trainings?|pipelineruns?|running|builds|deployments?|laufe?n?|ausfuhrung*|exekution*|ejecucion*|esecuzion*|εκτελεσ(?:η|εισ|ης|εων)|τρεξιμ*|taskruns?`,
  experiment: `experiments?|experimente*|experience*|experimento*|esperiment*|exp|③|πειραμα*`,
  schedule: `schedules?|automatic*|automatisch*|automatiqu*|automatica*|αυτοματ*|by (?:itself|themselves)|on (?:its|their) own|④|recurring runs?|cron ?jobs?|timetable|zeitplan*|planification*|programacion*|programad*|pianificazion*|προγραμμα*|χρονοδιαγραμμα*`,
  bucket: `buckets?|⑤|κουβα*|eimer`,
  object: `objects?|files?|⑥|dateien?|fichiers?|archivos?|ficheros?|datasets?|data sets?|documents?|αρχει*|datei|key`,
  log: `logs?|log lines|stdout|stderr|printed?|output of|protokoll*|journa(?:l|ux)|registros?|tail|kata|ημερολογι*|καταγραφ*|console`,
  metric: `metrics?|what (?:is|was) the (?!state|status|cause|reason|log|result|output|name|version|progress|duration)\\p{L}+ of ②|how many .{1,40} did|metriken|metrique*|metricas?|metriche|μετρικ*|accuracy|precision|recall|f1(?:[ -]score)?|auc|rmse|mae|mse|mape|r2|loss|perplexity|wer|bleu|score|scores|error rate|how (?:good|accurate|well)|genauigkeit|exactitude|precisione|accuratezza|exactitud|ακριβεια`,
  artifact: `artifacts?|artefa[ck]t*|produce[ds]?|outputs|artefactos?|τεχνουργημα*|παραγ*`,
  parameter: `param*|inputs?|fill in|(?:have|need) to (?:give|provide|specify|know|fill|set)|must (?:i|we) (?:give|provide|set)|required|arguments?|which (?:information|values|settings)|expects?|needs?|tasks of|steps of|what does .{0,30}do|dag`,
  pdf: `pdfs?|pages?|seiten?|paginas?|pagine?|pagina|σελιδ*`,
});

/** Words that say whose pipelines and runs are meant. */
export const domains: Readonly<Record<string, RegExp>> = {
  tekton: pattern(
    `tekton|pipelineruns?|pipeline runs|taskruns?|builds?|deploy*|release*|ci|ci/cd|image|rollout*|promot*|commit|branch|revision|bereitstell*|despliegue*`,
  ),
  kfp: pattern(`kfp|kubeflow|experiment*|trainings?|retrain*|model quality|hyperparam*`),
  minio: pattern(`minio|s3|buckets?|object stor*|object-stor*|files?|csv|parquet|pdf|dataset*`),
  docs: pattern(`docs|documentation|runbooks?|handbook|knowledge base|guidelines?|dokumentation`),
};

export const phrases = {
  smalltalk: pattern(
    `hi|hello|hey|good (?:morning|afternoon|evening|night|day)|thank*|thx|cheers|great job|well done|nice work|bye|goodbye|see you|how are you|hallo|guten (?:tag|morgen|abend)|danke*|tschuss|bonjour|bonsoir|salut|merci*|au revoir|hola|buen[oa]s (?:dias|tardes|noches)|gracias|adios|ciao|buongiorno|buonasera|grazie|arrivederci|γεια*|καλημερα|καλησπερα|ευχαριστ*|αντιο`,
  ),
  help: pattern(
    `help|what (?:all )?can you do|what (?:are you able|do you (?:do|know|offer))|your (?:abilities|capabilities|features|skills)|what can i (?:ask|do|say)|how (?:do i use|can you help|does this (?:assistant|bot|thing) work)|how do you work|who are you|what are you|introduce yourself|where (?:do|should) i (?:start|begin)|getting started|hilfe|was kannst du|wobei .{0,30}helfen|was .{0,20} alles|aide|que (?:peux|sais)-tu|que (?:pouvez|savez)-vous|qu'est-ce que tu (?:peux|sais)|ayuda|que (?:puedes|sabes) hacer|aiuto|cosa (?:puoi|sai) fare|βοηθεια|τι μπορεισ (?:να κανεισ)?`,
  ),
  unsafe: pattern(
    `passwords?|passwort*|mot de passe|contrasen*|κωδικ*|credentials?|secret(?:s| key| keys| access)*|api[ -]?keys?|private keys?|tokens?|kubeconfig*|(?:delete|remove|wipe|erase|destroy|drop|purge|kill|terminate|cancel|stop|losche?|supprime|borra|elimina|διαγραψε|σβησε) (?:\\p{L}+ ){0,2}(?:everything|all|every|alles|alle|tout|tous|toutes|todo|todos|todas|tutt[ioea]|τα παντα|ολα|ολεσ|ολουσ)|rm -rf|(?:disable|turn off|switch off|bypass|skip|ignore|override|circumvent|without) (?:\\p{L}+ ){0,3}(?:approval*|audit*|guard*|polic*|check*|safety|security|rbac|limits?|review*|validation)|ignore (?:\\p{L}+ ){0,2}(?:instructions|rules)|cluster-admin|admin rights|root access|(?:change|edit|fake|falsify|forge|invent|manipulate|alter|adjust|rewrite|overwrite|fudge) (?:\\p{L}+ ){0,4}(?:metric*|accuracy|results?|scores?|numbers?|figures?|report*|history|logs?|audit*|rmse|f1)|pretend|make (?:it|the \\p{L}+) look|(?:mark|report|set) .{0,60}(?:as|to) (?:succeeded|successful|passed|0?\\.9\\d*|100)|hack*|mine (?:bitcoin|crypto)|exfiltrat*`,
  ),
  readsSecret: pattern(
    `rotat*|renew*|how (?:do|to|can|should)|what (?:is|are|does)|runbook*|policy|docs|documentation|explain`,
  ),
  filler: pattern(
    `please|pls|could you|can you|would you|i would like (?:to|you to)|i want (?:to|you to)|let's|now|just|also|ok|okay|hey`,
  ),
  pronoun: pattern(
    `it|its|that|this|them|those|these|the same|same|that one|this one|the (?:run|file|object|pipeline|schedule|job|table|dataset|data set|document|report|model|one|bucket|experiment|failed one|result)|there|es|ihn|sie|das|den|die datei|le|la|l'|celui-ci|cela|lo|eso|ese|esa|quello|quella|το|τη|την|τον|αυτο|αυτη|αυτη(?:ν)?`,
  ),
  newest: pattern(
    `latest|newest|last|most recent|recent|freshest|neueste[nrs]?|letzte[nrs]?|derniere?s?|ultim[oa]s?|mas reciente|piu recente|τελευται*|πιο προσφατ*|νεοτερ*`,
  ),
  oldest: pattern(`oldest|first|earliest|alteste[nrs]?|primer[oa]|plus ancien*|παλαιοτερ*`),
} as const;

/** States of runs in people's words. */
export const states = compile({
  Failed: `fail*|broke|broken|crash*|errored|red|unsuccessful*|went wrong|fehlgeschlag*|gescheitert*|kaputt|echou*|fallid*|fallaron|fallo|fallit*|απετυχ*|αποτυχ*`,
  Running: `running|in progress|active|still going|ongoing|going on|right now|currently|at the moment|using|lauf(?:t|en)(?:de[nr]?)?|gerade|en cours|tourne*|en ejecucion|en curso|corriendo|in corso|in esecuzione|τρεχ*|εκτελουντ*`,
  Succeeded: `succe*|passed|went through|went well|green|good|finished ok|erfolgreich*|reussi*|exitos*|riuscit*|επιτυχ*|πετυχ*`,
  Pending: `pending|queued|waiting|not started|wartend*|en attente|pendient*|in attesa|αναμον*`,
  Cancelled: `cancell?ed|canceled|aborted|stopped|terminated|abgebrochen*|annule*|cancelad*|annullat*|ακυρωμεν*`,
});

/** Nouns that names are often made of, as stems of other languages → English. */
export const cognates: Readonly<Record<string, string>> = {
  bericht: 'report',
  rapport: 'report',
  informe: 'report',
  αναφορα: 'report',
  εκθεση: 'report',
  notiz: 'note',
  nota: 'note',
  σημειωσ: 'note',
  πειραμα: 'experiment',
  handbuch: 'manual',
  manuel: 'manual',
  εγχειριδι: 'manual',
  kund: 'customer',
  client: 'customer',
  πελατ: 'customer',
  daten: 'data',
  donnees: 'data',
  datos: 'data',
  δεδομεν: 'data',
  modell: 'model',
  modele: 'model',
  modelo: 'model',
  μοντελ: 'model',
  vorhersag: 'forecast',
  prevision: 'forecast',
  προβλεψ: 'forecast',
  training: 'train',
  entrainement: 'train',
  entrenamiento: 'train',
  εκπαιδευσ: 'train',
};

export interface Finding {
  readonly name: string;
  readonly index: number;
}

/** Which entries of a table occur in the text, and where first. */
export function occurrences(table: Readonly<Record<string, RegExp>>, text: string): readonly Finding[] {
  return Object.entries(table).flatMap(([name, expression]) => {
    const index = text.search(expression);
    return index < 0 ? [] : [{ name, index }];
  });
}

function compile<Name extends string>(table: Readonly<Record<Name, string>>): Readonly<Record<Name, RegExp>> {
  return Object.fromEntries(Object.entries<string>(table).map(([name, text]) => [name, pattern(text)])) as Record<
    Name,
    RegExp
  >;
}
