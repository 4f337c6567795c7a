/** Words that say nothing about what is asked: English function words, and the words questions are wrapped in. */
export const stopWords: ReadonlySet<string> = new Set(
  `a about above after again against all also am an and any are aren as at be because been before being below between both
  but by can cannot could couldn d did didn do does doesn doing don down during each etc few for from further had hadn has
  hasn have haven having he her here hers him his how i if in into is isn it its itself just ll m me more most mustn my
  no nor not of off on once only or other our ours out over own please re s same shan she should shouldn so some such t
  than that the their theirs them then there these they this those through to too under until up us ve very via was wasn
  we were weren what when where whether which while who whom why will with won would wouldn you your yours`.split(
    /\s+/,
  ),
);
