// Of pages that fit a question equally well, a chapter comes before the references, which name every word.
const REFERENCES = ["settings", "errors", "python-reference", "matlab-reference"];
Scorer = {
  score: ([page, , , , score]) => (REFERENCES.includes(page) ? score / 4 : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
