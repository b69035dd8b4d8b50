package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// create makes a token without the browser.
func (h *host) create(name string, more ...string) {
	h.t.Helper()
	form := url.Values{"name": {name}, "days": {"45"}, "permissions": {"all"}}
	if len(more) > 0 {
		form["permissions"], form["set"] = []string{"sets"}, more
	}
	resp, err := http.PostForm(h.url+"/web/tokens/new", form)
	h.must(err)
	h.must(resp.Body.Close())
	if resp.StatusCode != http.StatusOK {
		h.t.Fatalf("creating %q: %s", name, resp.Status)
	}
}

// faint lists the texts that stand out from their background less than WCAG AA asks for.
const faint = `(() => {
	const channels = (color) => color.match(/[\d.]+/g).map(Number);
	const luminance = (color) => {
		const [r, g, b] = channels(color).map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const background = (e) => {
		for (; e; e = e.parentElement) {
			const color = getComputedStyle(e).backgroundColor;
			if (channels(color)[3] !== 0) return color;
		}
		return "rgb(255, 255, 255)";
	};
	return [...document.body.querySelectorAll("*")].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
		.map((e) => [e, [luminance(getComputedStyle(e).color), luminance(background(e))].sort((a, b) => b - a)])
		.filter(([, [light, dark]]) => (light + 0.05) / (dark + 0.05) < 4.5)
		.map(([e]) => e.textContent.trim());
})()`

// wide lists what is cut off or makes the page scroll sideways.
const wide = `[...document.querySelectorAll("body, body *")].filter((e) => !e.closest(".unseen, thead, option")
	&& (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)).map((e) => e.outerHTML.slice(0, 80))`

// In each width and color scheme, everything is on the page and readable.
func TestPage_looks(t *testing.T) {
	t.Parallel()
	h := startEmulator(t, "-tokens", "14")
	b := open(t, h)
	sets := value(b, chromedp.NavigateResponse(h.url+"/web/tokens/new"))
	if sets.Status != http.StatusOK {
		t.Fatal(sets.StatusText)
	}
	h.create(strings.Repeat("averylongnamewithoutaspace", 4)[:100])
	h.create("Nightly export of all inspections to the data warehouse of the northern region, owned by team Blue")
	h.create("安全检查数据同步服务令牌")
	h.create("مزامنة المستودع (تجريبي) 2026")
	h.create("שלום <b>עולם</b> & \"x\"")
	h.create("SCIM provisioning", value(b, chromedp.Evaluate[[]string](`[...document.querySelectorAll("[name=set]")].map((e) => e.value)`))...)
	h.must(callAPI(h, "/"+strings.Repeat("a-very-long-path-of-a-caller", 5)))

	kinds := map[string]string{"list": "/", "create": "/web/tokens/new"}
	for _, kind := range []string{"edit", "revoke"} {
		kinds[kind] = value(b, chromedp.Evaluate[string](fmt.Sprintf(`[...document.querySelectorAll("a[href$=%s]")].at(-1).pathname`, kind)))
	}
	b.visit("/")
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{320, 375, 800, 1121, 1280, 1920} {
			b.looks(width, scheme)
			for kind, path := range kinds {
				b.visit(path)
				b.check(fmt.Sprintf("%s-%d-%s", kind, width, scheme), width == 375 || width == 1280)
			}
			b.visit("/web/tokens/new") // the 21st active token
			b.do(chromedp.Click("#only"), chromedp.SendKeys(chromedp.CSS("#name"), "one too many"), chromedp.Click(`[name="set"]`))
			b.follow(button("Create token"), "The API refuses this: the organization has as many active service user tokens as it may have")
			b.check(fmt.Sprintf("refused-%d-%s", width, scheme), width == 375 || width == 1280)
		}
	}
	b.quiet()
}

func (b *tab) check(name string, picture bool) {
	b.t.Helper()
	for what, expression := range map[string]string{"too faint": faint, "too wide": wide} {
		if found := value(b, chromedp.Evaluate[[]string](expression)); len(found) > 0 {
			b.t.Errorf("%s: %s: %q", name, what, found)
		}
	}
	if picture {
		b.picture(name)
	}
}

func callAPI(h *host, path string) error {
	req, err := http.NewRequest(http.MethodGet, h.url+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+h.bearer)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// A keyboard is enough: focus begins in the dialog and stays there, Enter sends, Escape leaves, and the secret can be copied.
func TestPage_keyboard(t *testing.T) {
	t.Parallel()
	h := startEmulator(t)
	b := open(t, h)
	press := func(keys string) { t.Helper(); b.do(chromedp.KeyEvent(keys)) }
	focus := func() string {
		t.Helper()
		return value(b, chromedp.Evaluate[string](`(document.activeElement.id || document.activeElement.textContent).trim()`))
	}
	// A browser follows autofocus a moment after the page is there.
	waitForFocus := func(id string) {
		t.Helper()
		value(b, chromedp.Poll[bool](fmt.Sprintf("document.activeElement.id === %q", id)))
	}
	press(kb.Tab)
	if got := focus(); got != "Create API token" {
		t.Errorf("the first stop is %q", got)
	}
	if _, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	waitForFocus("name")
	stops := map[string]bool{}
	for range 10 {
		stops[focus()] = true
		press(kb.Tab)
	}
	if stops["Create API token"] || stops["−45 days"] || !stops["days"] || !stops["Cancel"] || !stops["Create token"] {
		t.Errorf("Tab stops at %v", stops)
	}
	if _, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent(kb.Escape)); err != nil {
		t.Fatal(err)
	}
	if path := value(b, chromedp.Evaluate[string]("location.pathname")); path != "/" {
		t.Errorf("Escape leads to %s", path)
	}

	b.visit("/web/tokens/new")
	waitForFocus("name")
	press("by keyboard")
	if _, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	waitForFocus("secret")
	press(kb.Escape) // must not take the secret away
	press(kb.Tab)
	press(kb.Enter)
	b.do(chromedp.WaitVisible(`//span[@id="copied" and normalize-space()="Copied."]`))
	if _, err := chromedp.CallBrowser(b.ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "clipboard-read"}, Setting: browser.PermissionSettingGranted,
	}); err != nil {
		t.Fatal(err)
	}
	copied := value(b, chromedp.Evaluate[string]("navigator.clipboard.readText()", chromedp.EvalAwaitPromise))
	if secret := b.text("#secret"); copied != secret || !strings.HasPrefix(copied, "scapi_") {
		t.Errorf("copied %.9s…", copied)
	}
	b.quiet()
}
