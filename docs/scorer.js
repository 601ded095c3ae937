// A heading that fits a question comes before a page that has its words, and a chapter before the references, which have
// every word.
const REFERENCES = ["settings", "errors", "python-reference", "matlab-reference"];
Scorer = {
  score: ([page, , place, ofObject, score]) =>
    score * (place && ofObject === null ? 2 : 1) * (REFERENCES.includes(page) ? 0.25 : 1),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
