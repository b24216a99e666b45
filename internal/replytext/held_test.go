package replytext

import "testing"

// TestHeldOut scores the half that was set aside. What it gave the first time stands in README.md; since then it must reach the goal as the other half does.
func TestHeldOut(t *testing.T) {
	exact, all, survived := scoreReplies(t, "held", true)
	t.Logf("%d of %d exact, %d secrets stay", exact, all, survived)
	if exact*100 < all*97 || survived > 0 {
		t.Errorf("%d of %d exact, %d secrets stay: want 97 %% and none", exact, all, survived)
	}
	for _, lang := range []string{"nl", "fr", "de", "en"} {
		missed, falsely, each := scoreUrgent(t, lang, "held", true)
		if missed > 0 || falsely*10 > each {
			t.Errorf("%s: %d missed and %d false of %d: want none and a tenth", lang, missed, falsely, each)
		}
	}
}
