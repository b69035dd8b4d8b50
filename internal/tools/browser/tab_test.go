package browser

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// timeout is long, because a browser on a busy machine is slow.
const timeout = 4 * time.Minute

// tab is a tab of a browser of its own.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	mu        sync.Mutex
	requested []string // hosts
	complaint []string // what the browser's console says
}

// open opens the page of a host.
func open(t *testing.T, h *host) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	b := &tab{t: t, ctx: ctx, url: h.url}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatalf("no browser: %v", err)
	}
	// Not before: the first use of the context starts the browser, which a timeout of that context would end.
	ctx, cancel := context.WithTimeout(ctx, timeout)
	t.Cleanup(cancel)
	b.ctx = ctx
	send(b, network.Enable, network.EnableParams{})
	send(b, log.Enable, cdp.Empty{})
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(h.url+"/"))
	return b
}

// send sends a command of the protocol.
func send[P, R any](b *tab, command cdp.Command[P, R], params P) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, command, params)
	if err != nil {
		b.t.Fatal(err)
	}
}

// note keeps what the browser asks for and complains of, such as what the content security policy blocks.
func (b *tab) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil {
			b.requested = append(b.requested, u.Host)
		}
	case *log.EventEntryAdded:
		refused := strings.Contains(e.Entry.Text, "status of 400")
		quicker := strings.HasPrefix(e.Entry.Text, "Autofocus processing was blocked") // the test clicked before the page had its focus
		if !refused && !quicker {
			b.complaint = append(b.complaint, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.complaint = append(b.complaint, e.ExceptionDetails.Text)
	}
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.picture("failed")
		b.t.Fatal(err)
	}
}

// visit goes to a path of the page.
func (b *tab) visit(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.url + path))
}

// follow clicks a link or button, and waits until a page with this text is there.
func (b *tab) follow(xpath, text string) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(xpath)); err != nil {
		b.picture("failed")
		b.t.Fatalf("%s: %v", xpath, err)
	}
	if got := b.text("body"); !strings.Contains(got, text) {
		b.picture("failed")
		b.t.Fatalf("after %s, %q is not on the page:\n%s", xpath, text, got)
	}
}

// text returns the text that an element shows.
func (b *tab) text(selector chromedp.CSS) string {
	b.t.Helper()
	return value(b, chromedp.Text(selector))
}

// value runs an action that returns something.
func value[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	got, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.picture("failed")
		b.t.Fatal(err)
	}
	return got
}

// picture stores a screenshot in .build/browser.
func (b *tab) picture(name string) {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Log(err)
		return
	}
	dir := filepath.Join(repository, ".build", "browser")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// looks sets width and color scheme.
func (b *tab) looks(width int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, 812))
	send(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// quiet fails the test if the browser complained, or asked another host for anything.
func (b *tab) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, host := range b.requested {
		if "http://"+host != b.url {
			b.t.Errorf("the page asks %q", host)
		}
	}
	if len(b.requested) == 0 || len(b.complaint) != 0 {
		b.t.Errorf("%d requests; the browser complains: %q", len(b.requested), b.complaint)
	}
}
