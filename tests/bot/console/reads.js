// What a pane shows, as text: "> " what its person said, "- " a message, "= " a card, with its buttons in brackets.
(pane) => {
  const shown = (element) => element.getClientRects().length > 0;
  const words = (element) => element.innerText.replace(/\s+$/, "");
  const buttons = (item) => [...item.querySelectorAll(".card-button")].map((one) => `[${words(one)}]`).join(" ");
  const draw = (item) => {
    const lines = [...item.querySelectorAll(".card-state, .line")].map(words);
    const sign = item.dataset.from === "me" ? ">" : item.classList.contains("is-card") ? "=" : "-";
    const name = item.dataset.from === "person" ? `${words(item.querySelector(".from"))}: ` : "";
    const waits = item.querySelector(".icon-clock") ? " (sending)" : "";
    return [`${sign} ${name}${lines.join("\n  ")}${waits}`, buttons(item) && `  ${buttons(item)}`].filter(Boolean);
  };
  const items = [...pane.querySelectorAll(".rows > [data-item], .rows > [data-sending]")].filter(shown);
  return items.flatMap(draw).join("\n");
}
