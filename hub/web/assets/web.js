"use strict";
/* Adds to pages what they can do without: says when there is something new, and sends forms as they change. */
(function () {
  if (document.querySelector("main[data-still]") === null && "EventSource" in window) {
    let known = null;
    const source = new EventSource("/events");
    source.addEventListener("state", function (event) {
      const news = JSON.parse(event.data).news;
      if (known !== null && news !== known) show();
      known = news;
    });
    window.addEventListener("pagehide", function () { source.close(); });
  }
  function show() {
    if (document.getElementById("news") !== null) return;
    const said = document.createElement("div"), button = document.createElement("button");
    said.id = "news";
    said.setAttribute("role", "status");
    button.type = "button";
    button.textContent = document.body.dataset.news;
    button.addEventListener("click", function () { location.reload(); });
    said.append(button);
    document.body.append(said);
  }
  for (const button of document.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  }
})();
