// The test of the emulator's page in a real browser, in its own module so that chromedp is not in the provider's go.mod. The
// driver of the CLI is the provider's.
module github.com/safetyculture-community/terraform-provider-safetyculture/internal/tools/browser

go 1.26.0

require (
	github.com/chromedp/cdproto v0.159.3
	github.com/chromedp/chromedp v0.23.0
)

require (
	github.com/apparentlymart/go-textseg/v15 v15.0.0 // indirect
	github.com/apparentlymart/go-textseg/v17 v17.0.1 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/hashicorp/go-version v1.9.0 // indirect
	github.com/hashicorp/terraform-exec v0.26.0 // indirect
	github.com/hashicorp/terraform-json v0.29.0 // indirect
	github.com/zclconf/go-cty v1.20.0 // indirect
	golang.org/x/text v0.44.0 // indirect
)

require github.com/safetyculture-community/terraform-provider-safetyculture v0.0.0-00010101000000-000000000000

replace github.com/safetyculture-community/terraform-provider-safetyculture => ../../..
