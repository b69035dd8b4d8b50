package acceptance_test

import (
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }
