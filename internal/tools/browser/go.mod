// The test of the emulator's page in a real browser, in a module of its own so that chromedp never reaches the provider's go.mod.
module github.com/safetyculture-community/terraform-provider-safetyculture/internal/tools/browser

go 1.26.0
