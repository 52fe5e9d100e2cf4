// Runs before anything is drawn, so that what needs a script does not flicker in.
document.documentElement.classList.add("js");
