// What tests/server/editor.py reads of Label Studio's page.
window.goldwire = {
  root: () => document.querySelector('.lsf-htx-richtext'),
  // every text node and <br> of the text with its place
  pieces() {
    if (!this.root()) return [];
    const found = [], walker = document.createTreeWalker(this.root(), NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    let at = 0;
    for (let node; (node = walker.nextNode());) {
      const length = node.nodeType === 3 ? [...node.data].length : node.tagName === 'BR' ? 1 : 0;
      if (length) { found.push({node, start: at, end: at + length}); at += length; }
    }
    return found;
  },
  text() { return this.pieces().map(p => p.node.nodeType === 3 ? p.node.data : '\n').join(''); },
  // the region of a span element: the page writes it, and a number, into a class
  name: element => [...element?.classList ?? []].map(c => /^htx-highlight-(.+)-[^-]+$/.exec(c)?.[1]).find(Boolean),
  // what is highlighted, by region: [start, end, colour] for each span element
  shown() {
    const pieces = this.pieces(), found = {};
    for (const element of document.querySelectorAll('.lsf-htx-richtext .htx-highlight')) {
      const name = this.name(element);
      const inside = pieces.filter(p => element.contains(p.node));
      if (!name || !inside.length) continue;
      (found[name] ??= []).push([inside[0].start, inside.at(-1).end, getComputedStyle(element).backgroundColor]);
    }
    return found;
  },
  // the box of one character on the screen
  box(at) {
    const piece = this.pieces().find(p => p.start <= at && at < p.end);
    const range = document.createRange();
    range.selectNode(piece.node);
    if (piece.node.nodeType === 3) {
      const letters = [...piece.node.data];
      const before = letters.slice(0, at - piece.start).join('').length;
      range.setStart(piece.node, before);
      range.setEnd(piece.node, before + letters[at - piece.start].length);
    }
    const r = [...range.getClientRects()].at(-1);
    return [r.left, r.top, r.right, r.bottom];
  },
  scroll(at) {
    const piece = this.pieces().find(p => p.start <= at && at < p.end);
    (piece.node.nodeType === 3 ? piece.node.parentElement : piece.node).scrollIntoView({block: 'center'});
  },
  // a character of a region over which no other region lies
  ink(region) {
    const piece = this.pieces().find(p => p.node.nodeType === 3 && p.node.data.trim()
      && this.name(p.node.parentElement.closest('.htx-highlight')) === region);
    if (!piece) return null;
    const letters = [...piece.node.data];
    return piece.start + letters.findIndex(letter => letter.trim());
  },
  // after the page has drawn its highlights anew, so that press and release meet one element
  quiet() {
    return new Promise(done => {
      let timer = setTimeout(end, 40);
      const watch = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(end, 40); });
      function end() { watch.disconnect(); done(true); }
      watch.observe(document.querySelector('.lsf-htx-richtext'), {childList: true, subtree: true});
    });
  },
  selected() { return [...this.store().regionStore.selection.selected.values()].map(r => r.cleanId); },
  // the contrast of an element's words with what is behind them, by WCAG 2.1
  contrast(element) {
    const draw = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const rgb = colour => {
      draw.clearRect(0, 0, 1, 1); draw.fillStyle = colour; draw.fillRect(0, 0, 1, 1);
      return [...draw.getImageData(0, 0, 1, 1).data];
    };
    const linear = v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => [0.2126, 0.7152, 0.0722].reduce((sum, w, i) => sum + w * linear([r, g, b][i] / 255), 0);
    let behind = element;
    while (behind && rgb(getComputedStyle(behind).backgroundColor)[3] < 255) behind = behind.parentElement;
    const pair = [rgb(getComputedStyle(element).color), behind ? rgb(getComputedStyle(behind).backgroundColor) : [255, 255, 255]];
    const [dark, bright] = pair.map(light).sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  },
  arrows() { return this.store().serializeAnnotation().filter(e => e.type === 'relation'); },
  store: () => window.Htx.annotationStore.selected,
};
