/** The items of a menu that can be chosen now. */
export function menuItems(menu: HTMLElement): HTMLButtonElement[] {
  return Array.from(menu.querySelectorAll("button")).filter(({ disabled, hidden }) => !disabled && !hidden);
}

/** Lets the arrow keys go from one item of a menu to the next, and from the last to the first. */
export function followArrowKeys(menu: HTMLElement): void {
  menu.addEventListener("keydown", (event) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const items = menuItems(menu);
    const { activeElement } = document;
    const at = activeElement instanceof HTMLButtonElement ? items.indexOf(activeElement) : -1;
    items[(at + by + items.length) % items.length]?.focus();
  });
}
