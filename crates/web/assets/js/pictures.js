// Pictures chosen but not sent yet: shown at once, each with room for its words.

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} list
 */
export function showPictures(input, list) {
  input.addEventListener("change", () => {
    for (const old of list.querySelectorAll("li[data-new]")) {
      const image = old.querySelector("img");
      if (image) URL.revokeObjectURL(image.src);
      old.remove();
    }
    [...(input.files ?? [])].forEach((file, i) => list.append(item(file, i + 1)));
  });
}

/**
 * @param {File} file
 * @param {number} n
 */
function item(file, n) {
  const box = document.createElement("li");
  box.className = "bs-picture";
  box.dataset.new = "yes";
  const image = document.createElement("img");
  image.alt = "";
  image.src = URL.createObjectURL(file);
  const name = document.createElement("p");
  name.className = "bs-picture__name";
  name.textContent = file.name;
  const label = document.createElement("label");
  label.className = "nhsuk-label";
  label.htmlFor = `alt_new_${n}`;
  label.textContent = "Picture words";
  const which = document.createElement("span");
  which.className = "nhsuk-u-visually-hidden";
  which.textContent = ` for ${file.name}`;
  label.append(which);
  const words = document.createElement("textarea");
  words.className = "nhsuk-textarea";
  words.id = `alt_new_${n}`;
  words.name = `alt_new_${n}`;
  words.rows = 2;
  words.placeholder = "What someone who cannot see it should know";
  box.append(image, name, label, words);
  return box;
}
