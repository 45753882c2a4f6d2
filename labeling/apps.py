from django.apps import AppConfig


class LabelingConfig(AppConfig):
    name = "labeling"

    def ready(self) -> None:
        from labeling.services.labels import labels_listen
        from overread.projects.policies import policy_listen, policy_register

        for field in ("blind_first", "blind_share"):
            policy_listen(field, "labeling.blind")
        for field in ("urgent", "urgent_orders_blind"):
            policy_listen(field, "labeling.urgency")
        policy_listen("strategy", "labeling.reorder")
        policy_register("strategy", "labeling.services.selection.strategy_check")
        labels_listen("labeling.reorder")
